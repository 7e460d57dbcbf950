import { ApiProperty } from '@nestjs/swagger';
import { Moment, Pattern } from '@waymark/service-kit';
import type { ClientHistory, VerifiedStream } from '../history/client-histories.js';
import { type Fact, isOfOtherServices } from '../replay/fact.js';
import { entryOf, pageOf, type TimelineFilter } from '../replay/timeline.js';

export class TimelineParams {
  @Moment({ optional: true, description: 'Recorded at or after' }) from?: string;
  @Moment({ optional: true, description: 'Recorded before' }) to?: string;
  @Pattern(/^[A-Z][A-Za-z0-9]{0,99}$/, { optional: true, description: 'Type of event', example: 'CaseOpened' })
  type?: string;
  @Pattern(/^[\x21-\x7e]{1,255}$/, { optional: true, max: 255, description: 'Id of who acted' }) actor?: string;
  @Pattern(/^\d{1,18}$/, { optional: true, description: '`next` of the page before' }) after?: string;
  @Pattern(/^([1-9]\d?|[1-4]\d\d|500)$/, { optional: true, description: '1 to 500, 100 when left out' }) limit?: string;
}

export class ActorView {
  @ApiProperty() kind: string;
  @ApiProperty() id: string;
}

export class WhyView {
  @ApiProperty({ description: 'The command or message that led to it' }) causationId: string;
  @ApiProperty({ description: 'The chain of commands and messages it belongs to' }) correlationId: string;
  @ApiProperty({ required: false, description: 'The consent that it cites as allowing it' }) consentId?: string;
  @ApiProperty({ required: false, description: 'The recorded disclosure that it cites' }) disclosureId?: string;
}

export class TimelineLine {
  @ApiProperty({ description: 'Place in the whole log', example: '1042' }) position: string;
  @ApiProperty({ format: 'date-time', description: 'When the log took it' }) recordedAt: string;
  @ApiProperty({ format: 'date-time', description: 'When it happened' }) occurredAt: string;
  @ApiProperty() service: string;
  @ApiProperty() stream: string;
  @ApiProperty({ type: 'integer' }) revision: number;
  @ApiProperty({ format: 'uuid' }) eventId: string;
  @ApiProperty() type: string;
  @ApiProperty({ type: 'integer' }) schemaVersion: number;
  @ApiProperty() actor: ActorView;
  @ApiProperty({ required: false }) onBehalfOf?: string;
  @ApiProperty({ required: false }) unit?: string;
  @ApiProperty({ required: false }) purpose?: string;
  @ApiProperty() why: WhyView;
  @ApiProperty({ type: 'object', additionalProperties: true, description: 'Sealed fields read `[sealed]`.' })
  data: object;
  @ApiProperty({ type: [String], description: 'Paths of the fields that are sealed' }) sealedFields: string[];
  @ApiProperty({ description: 'Value of the chain at this event, SHA-256' }) hash: string;
}

export class StreamVerdict {
  @ApiProperty() stream: string;
  @ApiProperty({ type: 'integer' }) events: number;
  @ApiProperty({
    description: 'The chain of hashes follows from the events, from the first to the last that is there.',
  })
  intact: boolean;
  @ApiProperty({ required: false, type: 'integer', description: 'First revision that is not as it was written' })
  brokenAt?: number;
}

export class Timeline {
  @ApiProperty({ format: 'uuid' }) clientId: string;
  @ApiProperty({ type: [TimelineLine], description: 'In the order of the log' }) items: TimelineLine[];
  @ApiProperty({ type: [StreamVerdict], description: 'Every stream about this client, verified for this answer' })
  streams: StreamVerdict[];
  @ApiProperty({ required: false, description: 'Pass as `after` for the next page; absent on the last.' })
  next?: string;
}

/** Audit's own reads stand among the accesses; here, each page would add to those that follow. */
export function timelineAnswer({ clientId, facts, streams }: ClientHistory, params: TimelineParams): Timeline {
  const { page, more } = pageOf(facts.filter(isOfOtherServices), filterOf(params));
  return {
    clientId,
    items: page.map(entryOf).map((entry) => ({ ...entry, sealedFields: [...entry.sealedFields] })),
    streams: streams.map(verdictView),
    ...nextOf(page, more),
  };
}

export const filterOf = ({ after, limit, ...rest }: TimelineParams): TimelineFilter => ({
  ...rest,
  after: BigInt(after ?? 0),
  limit: Number(limit ?? 100),
});

/** Where to go on, when there is more. */
export function nextOf(page: readonly Fact[], more: boolean): { readonly next?: string } {
  const last = page.at(-1);
  return more && last ? { next: String(last.position) } : {};
}

const verdictView = ({ stream, events, verdict }: VerifiedStream): StreamVerdict => ({
  stream,
  events,
  intact: verdict.intact,
  ...(verdict.intact ? {} : { brokenAt: verdict.revision }),
});
