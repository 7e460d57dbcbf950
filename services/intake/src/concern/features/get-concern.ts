import { Controller, Get, Header, Param } from '@nestjs/common';
import { type IQueryHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import {
  avenues,
  channels,
  concernKinds,
  concernStatuses,
  guidanceDecisions,
  identities,
  linkOutcomes,
  priorities,
} from '@waymark/contracts';
import { IdPipe, ReadLog } from '@waymark/service-kit';
import { concernEvents } from '../domain/concern.events.js';
import type { ClientLink, Concern, Guidance } from '../domain/concern.state.js';
import { type FoundConcern, VisibleConcerns } from '../visible-concerns.js';
import { MailboxMessageView } from './my-concern.js';
import { AccountView } from './account-view.js';
import { KnownTimeBody } from './contact-body.js';

export class ClientLinkView {
  @ApiProperty({ required: false, format: 'uuid', description: 'Absent where the link was refused' })
  earlierClientId?: string;
  @ApiProperty({ required: false, format: 'uuid', description: 'Absent where the link was refused' })
  earlierConcernId?: string;
  @ApiProperty({ required: false, enum: linkOutcomes, description: 'Absent until it is settled' }) outcome?: string;
}

/** What was erased is absent. */
export class GuidanceView {
  @ApiProperty({ required: false, enum: avenues, isArray: true }) avenues?: string[];
  @ApiProperty({ required: false, enum: guidanceDecisions, description: 'What the person decided' }) decision?: string;
  @ApiProperty({ required: false }) note?: string;
  @ApiProperty({ required: false, description: 'What was explained and decided was erased' }) erased?: boolean;

  static of(given: Partial<Guidance>): GuidanceView {
    return given.avenues ? { ...given, avenues: [...given.avenues] } : { erased: true };
  }
}

export class ConcernView {
  @ApiProperty({ format: 'uuid' }) concernId: string;
  @ApiProperty({ format: 'uuid' }) clientId: string;
  @ApiProperty({ format: 'uuid', description: 'The same as of the client where they reported themself' })
  reporterId: string;
  @ApiProperty({ enum: concernStatuses }) status: string;
  @ApiProperty({ enum: channels }) channel: string;
  @ApiProperty({ description: 'When the person contacted the desk' }) contact: KnownTimeBody;
  @ApiProperty({ required: false, description: 'When a person first responded' }) firstResponse?: KnownTimeBody;
  @ApiProperty({ enum: concernKinds }) kind: string;
  @ApiProperty({ enum: identities }) identity: string;
  @ApiProperty() immediateDanger: boolean;
  @ApiProperty({ description: 'Medical help is needed within 72 hours' }) medicalUrgency: boolean;
  @ApiProperty({
    description:
      'All that was told; a question that was skipped is absent, and so are name and contact of who came in confidence for a supervisor who has not taken it.',
  })
  account: AccountView;
  @ApiProperty({ enum: ['client', 'reporter'], isArray: true, description: 'Whose texts were erased' })
  erased: ('client' | 'reporter')[];
  @ApiProperty({ description: 'Of who reported, while they had no client’s receipt' })
  reporterErasureRequested: boolean;
  @ApiProperty({ type: [MailboxMessageView] }) messages: MailboxMessageView[];
  @ApiProperty({ required: false, description: 'The same person came before' }) link?: ClientLinkView;
  @ApiProperty({ required: false, enum: priorities }) priority?: string;
  @ApiProperty({ required: false, description: 'As triage found; absent when erased' }) riskOfRetaliation?: boolean;
  @ApiProperty({ required: false }) mandatoryReportingExplained?: boolean;
  @ApiProperty({ type: [GuidanceView], description: 'What was explained and decided, the first at first' })
  guidance: GuidanceView[];
  @ApiProperty({ required: false }) officerId?: string;
  @ApiProperty({ required: false, format: 'date-time' }) dueAt?: string;
  @ApiProperty() overdue: boolean;
  @ApiProperty({ type: [String] }) escalatedTo: string[];
}

export class GetConcern extends Query<ConcernView> {
  constructor(
    readonly concernId: string,
    readonly caller: Principal,
  ) {
    super();
  }
}

@ApiTags('For officers')
@Controller('v1/concerns/:id')
export class GetConcernEndpoint {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @Header('cache-control', 'no-store')
  @Access('ReadConcern')
  @ApiOperation({ summary: 'Read a concern that you have taken, or on whose case you work' })
  @ApiOkResponse({ type: ConcernView })
  read(@Param('id', IdPipe) id: string, @Caller() caller: Principal) {
    return this.queries.execute(new GetConcern(id, caller));
  }
}

@QueryHandler(GetConcern)
export class GetConcernHandler implements IQueryHandler<GetConcern> {
  constructor(
    private readonly concerns: VisibleConcerns,
    private readonly reads: ReadLog,
  ) {}

  async execute({ concernId, caller }: GetConcern): Promise<ConcernView> {
    const { concern, writtenAt, ...allowed } = await this.concerns.find(caller, 'ReadConcern', concernId);
    await this.reads.read({
      principal: caller,
      stream: `concern-${concernId}`,
      clientId: concern.clientId,
      what: 'GetConcern',
      ...allowed,
    });
    return viewOf({ concern, writtenAt, ...allowed });
  }
}

/** Who comes in confidence tells who they are, and how they can be reached, to the officer and to nobody who supervises only. */
function accountFor(ground: string, { submitted, account }: Concern): AccountView {
  if (ground !== 'supervisor' || submitted.identity !== 'confidential') return AccountView.of(account);
  return AccountView.of(Object.fromEntries(Object.entries(account).filter(([field]) => !tellsWhoReported(field))));
}

const { sealed, disclosed } = concernEvents.ConcernSubmitted;

const tellsWhoReported = (field: string): boolean =>
  sealed[field] === 'reporter' && (disclosed[field] === 'identity' || disclosed[field] === 'contact');

function viewOf({ concern, writtenAt, ground }: FoundConcern): ConcernView {
  const { submitted, clock, link } = concern;
  return {
    concernId: concern.concernId,
    clientId: concern.clientId,
    reporterId: concern.reporterId,
    status: concern.status,
    channel: submitted.channel,
    contact: submitted.contact,
    ...(concern.firstResponse ? { firstResponse: concern.firstResponse } : {}),
    kind: submitted.kind,
    identity: submitted.identity,
    immediateDanger: submitted.immediateDanger,
    medicalUrgency: submitted.medicalUrgency,
    account: accountFor(ground, concern),
    erased: [...concern.erased],
    reporterErasureRequested: concern.reporterErasureRequested,
    messages: MailboxMessageView.allOf({ concern, writtenAt }),
    ...(link ? { link: linkViewOf(link) } : {}),
    ...concern.triage,
    guidance: concern.guidance.map(GuidanceView.of),
    ...(concern.officerId ? { officerId: concern.officerId } : {}),
    ...(clock && !concern.firstResponse ? { dueAt: clock.dueAt } : {}),
    overdue: concern.overdue && !concern.firstResponse,
    escalatedTo: [...concern.escalatedTo],
  };
}

/** Of two who are not kept for one person, who may read the one need not know of the other. */
const linkViewOf = ({ earlierClientId, earlierConcernId, outcome }: ClientLink): ClientLinkView => ({
  ...(outcome === 'refused' ? {} : { earlierClientId, earlierConcernId }),
  ...(outcome ? { outcome } : {}),
});
