/** The last event of a stream, or the last that was verified: its hash stands for everything up to it. */
export interface StreamHead {
  readonly revision: number;
  /** 32 bytes. */
  readonly hash: Buffer;
}

const revisionBytes = 6;
const headBytes = revisionBytes + 32;
const headsPerChunk = 16_384;

/**
 * The heads of many streams. An object for each would take more than its name does, so revision and hash lie in 38 bytes
 * each: with the names about 300 MB a million streams. Holds 16 million streams, as many as a `Map`.
 */
export class StreamHeads {
  readonly #slots = new Map<string, number>();
  readonly #chunks: Buffer[] = [];

  get size(): number {
    return this.#slots.size;
  }

  /** The hash is a view that the next `set` of this stream overwrites. */
  get(stream: string): StreamHead | undefined {
    const slot = this.#slots.get(stream);
    return slot === undefined ? undefined : this.#read(slot);
  }

  set(stream: string, { revision, hash }: StreamHead): void {
    let slot = this.#slots.get(stream);
    if (slot === undefined) {
      slot = this.#slots.size;
      this.#slots.set(stream, slot);
      if (slot % headsPerChunk === 0) this.#chunks.push(Buffer.alloc(headsPerChunk * headBytes));
    }
    const { chunk, offset } = this.#place(slot);
    chunk.writeUIntBE(revision, offset, revisionBytes);
    hash.copy(chunk, offset + revisionBytes);
  }

  /** The head of one stream by itself, if it is there. */
  only(stream: string): StreamHeads {
    const head = this.get(stream);
    const heads = new StreamHeads();
    if (head) heads.set(stream, head);
    return heads;
  }

  /** In the order of the names, by UTF-16 code units. */
  *sorted(): Generator<readonly [stream: string, head: StreamHead], void, undefined> {
    for (const stream of [...this.#slots.keys()].sort()) {
      const slot = this.#slots.get(stream);
      if (slot !== undefined) yield [stream, this.#read(slot)];
    }
  }

  *[Symbol.iterator](): Generator<readonly [stream: string, head: StreamHead], void, undefined> {
    for (const [stream, slot] of this.#slots) yield [stream, this.#read(slot)];
  }

  #read(slot: number): StreamHead {
    const { chunk, offset } = this.#place(slot);
    const hash = chunk.subarray(offset + revisionBytes, offset + headBytes);
    return { revision: chunk.readUIntBE(offset, revisionBytes), hash };
  }

  #place(slot: number): { readonly chunk: Buffer; readonly offset: number } {
    const chunk = this.#chunks[Math.floor(slot / headsPerChunk)];
    if (!chunk) throw new RangeError(`no head has slot ${slot}`);
    return { chunk, offset: (slot % headsPerChunk) * headBytes };
  }
}
