import { evolveNos, type ToldNo } from './domain/client-no.js';
import type { LinkedRecord } from './linked-records.js';

/** All that a person has said no to by any of their ids, in the order of the log; a consent by one counts against a no by another. */
export const nosOf = (records: readonly LinkedRecord[]): readonly ToldNo[] =>
  records
    .flatMap(({ history }) => history)
    .toSorted((one, other) => (one.recorded.position < other.recorded.position ? -1 : 1))
    .reduce<readonly ToldNo[]>(
      (nos, { event, recorded }) =>
        evolveNos(nos, event, (no) => {
          const reason = event.type === 'ConsentRefused' ? event.data.reason : undefined;
          return { ...no, saidAt: recorded.metadata.occurredAt, ...(reason === undefined ? {} : { reason }) };
        }),
      [],
    );
