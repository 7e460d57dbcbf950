import { Metadata, status, type ServiceError } from '@grpc/grpc-js';
import gossip from '@eventstore/db-client/generated/gossip_pb.js';
import type { ClusterInfo } from '@eventstore/db-client/generated/gossip_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import type { StreamIdentifier } from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { AppendResp, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { LogRecord } from './peer-log.js';

/** An error as the server makes it: the client knows it by `exception` among the trailers. */
export function rpcError(code: number, details: string, trailers: Readonly<Record<string, string>> = {}): ServiceError {
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(trailers)) metadata.set(key, value);
  return Object.assign(new Error(details), { code, details, metadata });
}

export const accessDenied = (): ServiceError =>
  rpcError(status.PERMISSION_DENIED, 'Access Denied', { exception: 'access-denied' });

export const streamDeleted = (stream: string): ServiceError =>
  rpcError(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, {
    exception: 'stream-deleted',
    'stream-name': stream,
  });

export const tooLarge = (limit: number): ServiceError =>
  rpcError(status.INVALID_ARGUMENT, `Maximum Append Size of ${limit} Exceeded.`, {
    exception: 'maximum-append-size-exceeded',
    'maximum-append-size': String(limit),
  });

export const eventTooLarge = (id: string, limit: number): ServiceError =>
  rpcError(status.INVALID_ARGUMENT, `Event with Id: ${id} exceeds Maximum Append Event Size of ${limit}.`, {
    exception: 'maximum-append-event-size-exceeded',
    'maximum-append-event-size': String(limit),
  });

export const notLeader = ({ host, port }: Address): ServiceError =>
  rpcError(status.NOT_FOUND, 'Leader info available', {
    exception: 'not-leader',
    'leader-endpoint-host': host,
    'leader-endpoint-port': String(port),
  });

const identifier = (stream: string): StreamIdentifier => {
  const made = new shared.StreamIdentifier();
  made.setStreamName(Buffer.from(stream).toString('base64'));
  return made;
};

export const nameOf = (made: StreamIdentifier | undefined): string =>
  Buffer.from(made?.getStreamName_asU8() ?? []).toString();

/** .NET's ticks of 100 nanoseconds since 1970. */
const ticks = (date: Date): string => String(BigInt(date.getTime()) * 10_000n);

export function eventMessage(record: LogRecord): ReadResp {
  const event = new streams.ReadResp.ReadEvent.RecordedEvent();
  const id = new shared.UUID();
  id.setString(record.id);
  event.setId(id);
  event.setStreamIdentifier(identifier(record.stream));
  event.setStreamRevision(String(record.revision));
  event.setCommitPosition(String(record.position));
  event.setPreparePosition(String(record.position));
  event.setData(record.data);
  event.setCustomMetadata(record.metadata);
  event
    .getMetadataMap()
    .set('type', record.type)
    .set('content-type', record.isJson ? 'application/json' : 'application/octet-stream')
    .set('created', ticks(record.created));
  const read = new streams.ReadResp.ReadEvent();
  read.setEvent(event);
  read.setCommitPosition(String(record.position));
  const response = new streams.ReadResp();
  response.setEvent(read);
  return response;
}

export function notFoundMessage(stream: string): ReadResp {
  const notFound = new streams.ReadResp.StreamNotFound();
  notFound.setStreamIdentifier(identifier(stream));
  const response = new streams.ReadResp();
  response.setStreamNotFound(notFound);
  return response;
}

export function checkpointMessage(position: bigint): ReadResp {
  const checkpoint = new streams.ReadResp.Checkpoint();
  checkpoint.setCommitPosition(String(position));
  checkpoint.setPreparePosition(String(position));
  const response = new streams.ReadResp();
  response.setCheckpoint(checkpoint);
  return response;
}

export function confirmationMessage(): ReadResp {
  const confirmation = new streams.ReadResp.SubscriptionConfirmation();
  confirmation.setSubscriptionId(crypto.randomUUID());
  const response = new streams.ReadResp();
  response.setConfirmation(confirmation);
  return response;
}

export function caughtUpMessage(): ReadResp {
  const response = new streams.ReadResp();
  response.setCaughtUp(new streams.ReadResp.CaughtUp());
  return response;
}

export function fellBehindMessage(): ReadResp {
  const response = new streams.ReadResp();
  response.setFellBehind(new streams.ReadResp.FellBehind());
  return response;
}

export function storedMessage(revision: number, position: bigint): AppendResp {
  const success = new streams.AppendResp.Success();
  success.setCurrentRevision(String(revision));
  const at = new streams.AppendResp.Position();
  at.setCommitPosition(String(position));
  at.setPreparePosition(String(position));
  success.setPosition(at);
  const response = new streams.AppendResp();
  response.setSuccess(success);
  return response;
}

export function wrongVersionMessage(current: number): AppendResp {
  const wrong = new streams.AppendResp.WrongExpectedVersion();
  if (current < 0) wrong.setCurrentNoStream(new shared.Empty());
  else wrong.setCurrentRevision(String(current));
  const response = new streams.AppendResp();
  response.setWrongExpectedVersion(wrong);
  return response;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** What a node tells of its cluster. */
export function clusterMessage(leader: Address, followers: readonly Address[]): ClusterInfo {
  const { LEADER, FOLLOWER } = gossip.MemberInfo.VNodeState;
  const cluster = new gossip.ClusterInfo();
  const memberOf = ({ host, port }: Address, state: typeof LEADER | typeof FOLLOWER) => {
    const endPoint = new gossip.EndPoint();
    endPoint.setAddress(host);
    endPoint.setPort(port);
    const member = new gossip.MemberInfo();
    member.setState(state);
    member.setIsAlive(true);
    member.setHttpEndPoint(endPoint);
    return member;
  };
  cluster.setMembersList([...followers.map((each) => memberOf(each, FOLLOWER)), memberOf(leader, LEADER)]);
  return cluster;
}
