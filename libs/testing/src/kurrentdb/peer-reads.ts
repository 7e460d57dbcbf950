import type { ServerWritableStream } from '@grpc/grpc-js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { LogRecord, PeerLog } from './peer-log.js';
import * as messages from './peer-messages.js';

export type ReadCall = ServerWritableStream<ReadReq, ReadResp>;
type Options = ReadReq.Options;

const { FORWARDS } = streams.ReadReq.Options.ReadDirection;
/** What the server sends before it waits for the reader. */
const liveBuffer = 32;

/** True when nothing may be written any more: the reader has left, or the call was dropped. */
const isOver = (call: ReadCall): boolean => call.cancelled || call.destroyed || call.writableEnded;

/** Writes one message; false when the reader has gone. Waits where the reader is slower. */
async function write(call: ReadCall, message: ReadResp): Promise<boolean> {
  if (isOver(call)) return false;
  if (!call.write(message)) {
    await new Promise<void>((resolve) => {
      const go = (): void => {
        for (const name of ['drain', 'cancelled', 'close', 'error']) call.off(name, go);
        resolve();
      };
      for (const name of ['drain', 'cancelled', 'close', 'error']) call.on(name, go);
    });
  }
  return !isOver(call);
}

export async function readStream(log: PeerLog, call: ReadCall, options: Options): Promise<void> {
  const wanted = options.getStream();
  const stream = messages.nameOf(wanted?.getStreamIdentifier());
  const records = log.read(stream);
  if (records === 'deleted') return void call.emit('error', messages.streamDeleted(stream));
  if (records === undefined) {
    await write(call, messages.notFoundMessage(stream));
    return void call.end();
  }
  const forwards = options.getReadDirection() === FORWARDS;
  const from = wanted?.hasRevision() ? Number(wanted.getRevision()) : wanted?.hasEnd() ? Number.MAX_SAFE_INTEGER : 0;
  const inOrder = forwards
    ? records.filter(({ revision }) => revision >= from)
    : records.filter(({ revision }) => revision <= from).reverse();
  for (const record of inOrder.slice(0, Number(options.getCount()))) {
    if (!(await write(call, messages.eventMessage(record)))) return;
  }
  call.end();
}

export async function readAll(log: PeerLog, call: ReadCall, options: Options): Promise<void> {
  const from = positionIn(options);
  const inOrder =
    options.getReadDirection() === FORWARDS
      ? log.records.filter(({ position }) => position >= (from ?? 0n))
      : log.records.filter(({ position }) => from === undefined || position < from).reverse();
  for (const record of inOrder.slice(0, Number(options.getCount()))) {
    if (!(await write(call, messages.eventMessage(record)))) return;
  }
  call.end();
}

function positionIn(options: Options): bigint | undefined {
  const all = options.getAll();
  return all?.hasPosition() ? BigInt(all.getPosition()?.getCommitPosition() ?? 0) : undefined;
}

function filterIn(options: Options): { readonly wants: (record: LogRecord) => boolean; readonly window: number } {
  const filter = options.getFilter();
  const names = filter?.getStreamIdentifier();
  const window = filter?.hasMax() ? filter.getMax() : liveBuffer;
  if (!names) return { wants: () => true, window };
  const prefixes = names.getPrefixList();
  const pattern = names.getRegex() === '' ? undefined : new RegExp(names.getRegex());
  return {
    wants: ({ stream }) => (pattern ? pattern.test(stream) : prefixes.some((prefix) => stream.startsWith(prefix))),
    window,
  };
}

/**
 * A filtered subscription to the whole log, after `Enumerator.AllSubscriptionFiltered`: reads steps of `window` records, and at
 * the end of the log sends a checkpoint (of the last event, or of where the last step began: not of the log's end), says that it
 * has caught up, without saying with what, and goes on live with a checkpoint after each `window` records. A reader who is too
 * slow for that is taken back to catching up.
 */
export async function subscribeToAll(log: PeerLog, call: ReadCall, options: Options): Promise<void> {
  const { wants, window } = filterIn(options);
  let checkpoint = positionIn(options) ?? -1n;
  if (!(await write(call, messages.confirmationMessage()))) return;
  const live = new Live(log, call);
  try {
    for (;;) {
      for (;;) {
        live.restart();
        const { step, isEnd } = log.after(checkpoint, window);
        const began = checkpoint;
        for (const record of step) {
          if (wants(record) && !(await write(call, messages.eventMessage(record)))) return;
        }
        const lastWanted = step.filter(wants).at(-1)?.position ?? began;
        if (isEnd) {
          if (lastWanted >= 0n && !(await write(call, messages.checkpointMessage(lastWanted)))) return;
          checkpoint = step.at(-1)?.position ?? began;
          break;
        }
        checkpoint = step.at(-1)?.position ?? began;
        if (!(await write(call, messages.checkpointMessage(checkpoint)))) return;
      }
      if (!(await write(call, messages.caughtUpMessage()))) return;
      let considered = 0;
      for (;;) {
        const record = await live.next();
        if (record === 'gone') return;
        if (record === 'fell behind') {
          if (!(await write(call, messages.fellBehindMessage()))) return;
          break;
        }
        if (record.position <= checkpoint) continue;
        checkpoint = record.position;
        considered += 1;
        if (wants(record) && !(await write(call, messages.eventMessage(record)))) return;
        if (considered < window) continue;
        considered = 0;
        if (!(await write(call, messages.checkpointMessage(checkpoint)))) return;
      }
    }
  } finally {
    live.end();
  }
}

/** Records as they are written; keeps as many as the server does for a slow reader. */
class Live {
  #waiting: LogRecord[] = [];
  #lost = false;
  #wake: (() => void) | undefined;
  readonly #off: () => void;

  constructor(
    log: PeerLog,
    private readonly call: ReadCall,
  ) {
    this.#off = log.onRecord((record) => {
      // After the first that finds no room the others are lost as well: nobody may get what comes after a gap.
      this.#lost ||= this.#waiting.length >= liveBuffer;
      if (!this.#lost) this.#waiting.push(record);
      this.#wake?.();
    });
    for (const name of ['cancelled', 'close', 'error']) call.on(name, () => this.#wake?.());
  }

  restart(): void {
    this.#waiting = [];
    this.#lost = false;
  }

  async next(): Promise<LogRecord | 'fell behind' | 'gone'> {
    for (;;) {
      if (isOver(this.call)) return 'gone';
      const next = this.#waiting.shift();
      if (next) return next;
      if (this.#lost) return 'fell behind';
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  end(): void {
    this.#off();
  }
}
