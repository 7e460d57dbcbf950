import { streamSeed } from '../chain.js';
import { sealOf, type StoredEvent } from './envelope.js';
import { damaged } from './errors.js';

/** What a process remembers of a stream: enough to chain the next event, and to find an event id in it. */
export class KnownStream {
  revision = -1;
  hash: Buffer;
  readonly revisions = new Map<string, number>();

  constructor(readonly name: string) {
    this.hash = streamSeed(name);
  }

  /** Takes the next event; whatever is known already, or too far ahead, changes nothing. */
  learn(event: StoredEvent): boolean {
    if (event.revision !== this.revision + 1) return false;
    this.hash = Buffer.from(sealOf(event).hash, 'hex');
    this.revision = event.revision;
    this.revisions.set(event.id, event.revision);
    return true;
  }
}

type ReadFrom = (revision: number) => AsyncIterable<StoredEvent>;

/** Remembers the streams used last, up to so many event ids. */
export class KnownStreams {
  readonly #streams = new Map<string, KnownStream>();
  readonly #owners = new Map<string, string>();

  constructor(private readonly limit = 200_000) {}

  /**
   * Brings what is known of a stream up to date; `revision` is -1 when there is no such stream. A stream not remembered is read
   * as a whole. One that is remembered is read from its last known event, which must be as it was: a server that was set back to
   * an earlier state has another one there, or none.
   */
  async refresh(name: string, readFrom: ReadFrom): Promise<KnownStream> {
    const known = this.#streams.get(name);
    if (known && (await this.#goOn(known, readFrom))) return known;
    this.forget(name);
    const stream = new KnownStream(name);
    for await (const event of readFrom(0)) {
      if (!stream.learn(event))
        throw damaged(`${name} was cut on the server: revision ${stream.revision + 1} is not there`);
    }
    if (stream.revision >= 0) this.#keep(stream);
    return stream;
  }

  /** Takes notice of an event that passes by. */
  learn(event: StoredEvent): void {
    const known = this.#streams.get(event.stream);
    const stream = known ?? new KnownStream(event.stream);
    if (!stream.learn(event)) return;
    if (known) this.#owners.set(event.id, event.stream);
    else this.#keep(stream);
  }

  /** Takes notice of what this process has appended itself after the last known event. */
  extend(stream: KnownStream, ids: readonly string[], hash: Buffer): void {
    for (const id of ids) stream.revisions.set(id, (stream.revision += 1));
    stream.hash = hash;
    this.#keep(stream);
  }

  forget(name: string): void {
    for (const id of this.#streams.get(name)?.revisions.keys() ?? []) this.#owners.delete(id);
    this.#streams.delete(name);
  }

  /** True when another stream that is remembered has the event. */
  isElsewhere(id: string, name: string): boolean {
    const owner = this.#owners.get(id);
    return owner !== undefined && owner !== name;
  }

  async #goOn(known: KnownStream, readFrom: ReadFrom): Promise<boolean> {
    const { revision, hash } = known;
    let confirmed = false;
    for await (const event of readFrom(revision)) {
      if (confirmed) this.learn(event);
      else if (event.revision !== revision || sealOf(event).hash !== hash.toString('hex')) return false;
      confirmed = true;
    }
    if (confirmed && this.#streams.delete(known.name)) this.#streams.set(known.name, known);
    return confirmed && this.#streams.get(known.name) === known;
  }

  #keep(stream: KnownStream): void {
    this.forget(stream.name);
    this.#streams.set(stream.name, stream);
    for (const id of stream.revisions.keys()) this.#owners.set(id, stream.name);
    for (const oldest of this.#streams.keys()) {
      if (this.#owners.size <= this.limit || oldest === stream.name) break;
      this.forget(oldest);
    }
  }
}
