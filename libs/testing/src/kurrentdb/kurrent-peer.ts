import {
  Server,
  ServerCredentials,
  status,
  type handleClientStreamingCall,
  type handleServerStreamingCall,
  type Metadata,
  type ServiceError,
} from '@grpc/grpc-js';
import gossip from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import services from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type { AppendReq, AppendResp, ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import { freePort } from '../free-port.js';
import { type Expected, PeerLog, type Proposed, sizeOf } from './peer-log.js';
import * as messages from './peer-messages.js';
import { readAll, type ReadCall, readStream, subscribeToAll } from './peer-reads.js';

export interface KurrentPeerOptions {
  /** Of all events of one append; the server's default is 1 MiB. */
  readonly maxAppendSize?: number;
  readonly maxAppendEventSize?: number;
  /** How many event ids the server compares appends with that expect no certain revision. */
  readonly recentIds?: number;
  /** With TLS: who may log in with what. Without TLS the server knows no users. */
  readonly tls?: {
    readonly key: Buffer;
    readonly certificate: Buffer;
    readonly users: Readonly<Record<string, string>>;
  };
}

/** What goes wrong. */
export interface Faults {
  /** The server takes calls and answers none. */
  silent: boolean;
  /** Where the leader is, when this node is none. */
  leader: messages.Address | undefined;
  /** Another failure of every call. */
  refusal: ServiceError | undefined;
  /** Streams to which access is denied; `$all` for the log as a whole. */
  denied: (stream: string) => boolean;
  /** Called when an append has been stored and before it is answered; the answer waits for it, or is the error it throws. */
  beforeAnswer: () => Promise<void>;
}

const healthy = (): Faults => ({
  silent: false,
  leader: undefined,
  refusal: undefined,
  denied: () => false,
  beforeAnswer: () => Promise.resolve(),
});

/**
 * A stand-in for EventStoreDB or KurrentDB in tests, where no server of it can run: the calls that this adapter makes (append,
 * read a stream, read and follow `$all`; ask a node for its leader), spoken over gRPC with the message definitions that the client itself ships. It is
 * no such server: one node, in memory, no projections, no HTTP. What it does it does as the server's source and
 * documentation say, and docs/kurrentdb.md lists what that leaves untested. With KURRENTDB_URL the contract runs against a
 * real one.
 */
export class KurrentPeer {
  readonly log: PeerLog;
  readonly faults = healthy();
  /** Calls taken, by name. */
  readonly calls = { append: 0, read: 0, subscribe: 0 };
  readonly #subscriptions = new Set<ReadCall>();
  #server: Server | undefined;

  private constructor(
    readonly port: number,
    private readonly options: KurrentPeerOptions,
  ) {
    this.log = new PeerLog(options.recentIds ?? 1_000);
  }

  static async start(options: KurrentPeerOptions = {}): Promise<KurrentPeer> {
    const peer = new KurrentPeer(await freePort(), options);
    await peer.start();
    return peer;
  }

  /** Client and peer share a thread, so that an append has not the 10 seconds to itself which it has otherwise. */
  get url(): string {
    return `esdb://127.0.0.1:${this.port}?tls=false&defaultDeadline=30000`;
  }

  /** Starts again after `stop`, at the same address and with the same log. */
  async start(): Promise<void> {
    const server = new Server({ 'grpc.max_receive_message_length': 17 * 1024 * 1024 });
    server.addService(services.StreamsService, {
      read: this.#read,
      append: this.#append,
      delete: unimplemented,
      tombstone: unimplemented,
      batchAppend: unimplemented,
    });
    server.addService(gossip.GossipService, {
      read: (_: unknown, callback: (error: null, answer: ReturnType<typeof messages.clusterMessage>) => void) => {
        const own = { host: '127.0.0.1', port: this.port };
        const { leader } = this.faults;
        callback(null, messages.clusterMessage(leader ?? own, leader ? [own] : []));
      },
    });
    const { tls } = this.options;
    const credentials = tls
      ? ServerCredentials.createSsl(null, [{ private_key: tls.key, cert_chain: tls.certificate }])
      : ServerCredentials.createInsecure();
    await new Promise<void>((resolve, reject) =>
      server.bindAsync(`127.0.0.1:${this.port}`, credentials, (error) => (error ? reject(error) : resolve())),
    );
    this.#server = server;
  }

  /** Ends at once, with every connection. */
  stop(): void {
    this.#server?.forceShutdown();
    this.#server = undefined;
  }

  /** An error of gRPC, for the faults. */
  static error(code: 'UNAVAILABLE' | 'UNKNOWN' | 'INTERNAL', details: string): ServiceError {
    return messages.rpcError(status[code], details);
  }

  /** Drops every subscription, as a server does that has too much to do. Answers their number. */
  dropSubscriptions(): number {
    const calls = [...this.#subscriptions];
    for (const call of calls) call.emit('error', messages.rpcError(status.UNAVAILABLE, 'Server Is Too Busy'));
    return calls.length;
  }

  readonly #append: handleClientStreamingCall<AppendReq, AppendResp> = (call, callback) => {
    this.calls.append += 1;
    const received: AppendReq[] = [];
    call.on('data', (message: AppendReq) => received.push(message));
    call.on('error', () => undefined);
    // gRPC for Node tells the end of a call that broke off like that of a whole one, and a turn later that it was cancelled.
    const whole = (): void => {
      if (call.cancelled) return;
      const options = received[0]?.getOptions();
      const stream = messages.nameOf(options?.getStreamIdentifier());
      const refusal = this.#refuses(call.metadata, stream);
      if (refusal === 'silent') return;
      if (refusal) return callback(refusal);
      const events = received.slice(1).map(proposed);
      const size = this.#tooLarge(events);
      if (size) return callback(size);
      const outcome = this.log.append(stream, expectedIn(options), events);
      if (outcome.is === 'deleted') return callback(messages.streamDeleted(stream));
      const answer =
        outcome.is === 'wrong'
          ? messages.wrongVersionMessage(outcome.current)
          : messages.storedMessage(outcome.revision, outcome.position);
      void this.faults.beforeAnswer().then(() => callback(null, answer), callback);
    };
    call.on('end', () => setImmediate(whole));
  };

  readonly #read: handleServerStreamingCall<ReadReq, ReadResp> = (call) => {
    call.on('error', () => undefined);
    const options = call.request.getOptions();
    if (!options) return void call.emit('error', messages.rpcError(status.INVALID_ARGUMENT, 'no options'));
    const stream = options.hasStream() ? messages.nameOf(options.getStream()?.getStreamIdentifier()) : '$all';
    const isSubscription = options.hasSubscription();
    this.calls[isSubscription ? 'subscribe' : 'read'] += 1;
    const refusal = this.#refuses(call.metadata, stream);
    if (refusal === 'silent') return;
    if (refusal) return void call.emit('error', refusal);
    if (isSubscription) {
      this.#subscriptions.add(call);
      void subscribeToAll(this.log, call, options).finally(() => this.#subscriptions.delete(call));
    } else void (stream === '$all' ? readAll : readStream)(this.log, call, options);
  };

  #refuses(metadata: Metadata, stream: string): ServiceError | 'silent' | undefined {
    const { silent, leader, refusal, denied } = this.faults;
    if (silent) return 'silent';
    if (refusal) return refusal;
    if (leader && metadata.get('requires-leader')[0] === 'true') return messages.notLeader(leader);
    if (!this.#knows(metadata)) return messages.rpcError(status.UNAUTHENTICATED, 'Bad HTTP status: 401 Unauthorized');
    return denied(stream) ? messages.accessDenied() : undefined;
  }

  #knows(metadata: Metadata): boolean {
    const { tls } = this.options;
    if (!tls) return true;
    const given = String(metadata.get('authorization')[0] ?? '');
    return Object.entries(tls.users).some(
      ([user, password]) => given === `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
    );
  }

  #tooLarge(events: readonly Proposed[]): ServiceError | undefined {
    const { maxAppendSize = 1_048_576, maxAppendEventSize = Number.POSITIVE_INFINITY } = this.options;
    let size = 0;
    for (const event of events) {
      if (sizeOf(event) > maxAppendEventSize) return messages.eventTooLarge(event.id, maxAppendEventSize);
      size += sizeOf(event);
      if (size > maxAppendSize) return messages.tooLarge(maxAppendSize);
    }
    return undefined;
  }
}

const unimplemented = (_: unknown, callback?: (error: ServiceError) => void): void =>
  callback?.(messages.rpcError(status.UNIMPLEMENTED, 'not spoken by this peer'));

function expectedIn(options: AppendReq.Options | undefined): Expected {
  if (options?.hasNoStream()) return 'none';
  if (options?.hasStreamExists()) return 'exists';
  return options?.hasRevision() ? Number(options.getRevision()) : 'any';
}

function proposed(message: AppendReq): Proposed {
  const event = message.getProposedMessage();
  return {
    id: event?.getId()?.getString() ?? '',
    type: event?.getMetadataMap().get('type') ?? '',
    isJson: event?.getMetadataMap().get('content-type') === 'application/json',
    data: event?.getData_asU8() ?? new Uint8Array(),
    metadata: event?.getCustomMetadata_asU8() ?? new Uint8Array(),
  };
}
