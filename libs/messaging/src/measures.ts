/** Everything this library counts. Counters carry increments, gauges carry the present value. */
export type MeasureName =
  | 'relay_messages_published'
  | 'relay_failures'
  | 'consumer_messages_handled'
  | 'consumer_messages_skipped'
  | 'consumer_messages_repeated'
  | 'consumer_handler_failures'
  | 'consumer_dead_letters'
  | 'consumer_sequence_gaps';

/** Called for each measure as it happens; the service turns it into a metric. */
export type OnMeasure = (name: MeasureName, value: number, labels: Readonly<Record<string, string>>) => void;
