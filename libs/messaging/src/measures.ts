/**
 * Everything this library counts. The value is an increment; of `consumer_batch_seconds` it is how long one batch took, from the
 * first call of a handler to the end of the last.
 */
export type MeasureName =
  | 'relay_messages_published'
  | 'relay_failures'
  | 'consumer_messages_handled'
  | 'consumer_messages_skipped'
  | 'consumer_messages_repeated'
  | 'consumer_messages_forgotten'
  | 'consumer_handler_failures'
  | 'consumer_dead_letters'
  | 'consumer_sequence_gaps'
  | 'consumer_rebalances'
  | 'consumer_restarts'
  | 'consumer_batch_seconds';

/** Called for each measure as it happens; the service turns it into a metric. */
export type OnMeasure = (name: MeasureName, value: number, labels: Readonly<Record<string, string>>) => void;
