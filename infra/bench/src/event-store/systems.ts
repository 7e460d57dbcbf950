import type { EventToAppend } from '@waymark/event-store';
import type { SystemName } from '../report.js';

/** What is measured side by side. All of them store the same events in one PostgreSQL server, each in a database of its own. */
export interface SystemUnderBench {
  readonly name: SystemName;
  /** Appends to a stream that holds so many events, and resolves once they are durable. */
  append(stream: string, holds: number, events: readonly EventToAppend[]): Promise<void>;
  /** Reads a whole stream; resolves to the number of its events. */
  readStream(stream: string): Promise<number>;
  /** Reads the log from its start, this many events at most; resolves to the number read. */
  readAll(atMost: number): Promise<number>;
  /** Follows the log from its end. Undefined where the system has no such thing. */
  readonly follow?: (onEvent: (id: string) => void) => Promise<{ stop(): Promise<void> }>;
  close(): Promise<void>;
}
