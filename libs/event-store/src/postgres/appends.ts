import { EventStoreError, type AppendResult, type ExpectedRevision } from '../port.js';
import type { SerializedEvent } from '../validation.js';
import { appendEach, appendMany, appendOne, expectedCode, type SingleAppend } from './append-queries.js';
import type { Connections, Query } from './connections.js';
import { isBroken, isDeadlock, toEventStoreError } from './errors.js';
import { Gathering } from './gathering.js';

interface AppendRow {
  readonly revision: string;
  readonly position: string;
  readonly repeated: boolean;
}

interface EachRow {
  readonly stream: string;
  readonly revision: string;
  readonly position: string;
}

const resultOf = (row: EachRow | AppendRow | undefined): AppendResult => {
  if (!row) throw new EventStoreError('unavailable', 'the append gave no answer');
  const repeated = 'repeated' in row && row.repeated;
  return { revision: Number(row.revision), position: BigInt(row.position), repeated };
};

/** Appends by the functions of the database, each once more by itself when its connection was lost. */
export class Appends {
  readonly #connections: Connections;
  readonly #gathering = new Gathering((appends) => this.#together(appends));

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  async append(stream: string, expected: ExpectedRevision, batch: readonly SerializedEvent[]): Promise<AppendResult> {
    const code = expectedCode(expected);
    const [event] = batch;
    if (event && batch.length === 1) return this.#gathering.add({ stream, expected: code, event });
    return this.#alone(appendMany(stream, code, batch));
  }

  /** Each has its own outcome: what a common statement leaves out, or all of it when it fails, is asked for singly. */
  async #together(appends: readonly SingleAppend[]): Promise<readonly (() => Promise<AppendResult>)[]> {
    const [first] = appends;
    if (first && appends.length === 1) {
      const result = this.#alone(appendOne(first));
      await result.catch(() => undefined);
      return [() => result];
    }
    try {
      const rows = new Map((await this.#connections.run<EachRow>(appendEach(appends))).map((row) => [row.stream, row]));
      return appends.map((append) => {
        const row = rows.get(append.stream);
        return row ? async () => resultOf(row) : () => this.#alone(appendOne(append));
      });
    } catch (error) {
      // This was the first of the two tries that an append has on lost connections.
      const again = !isBroken(error);
      return appends.map((append) => () => this.#alone(appendOne(append), again));
    }
  }

  /** Once more on a fresh connection when the first was lost under the call; the event ids make that harmless. */
  async #alone(query: Query, again = true): Promise<AppendResult> {
    try {
      const [row] = await this.#connections.run<AppendRow>(query);
      return resultOf(row);
    } catch (error) {
      if (!again || (!isBroken(error) && !isDeadlock(error))) throw toEventStoreError(error);
      const [row] = await this.#connections.query<AppendRow>(query);
      return resultOf(row);
    }
  }
}
