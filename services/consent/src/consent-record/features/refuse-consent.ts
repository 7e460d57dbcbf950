import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiCreatedResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { waysToldToAnOfficer } from '@waymark/contracts';
import { DomainRejection } from '@waymark/event-sourcing';
import { Aggregates, type Call, CallOf, Clock, Code, type Done, done, IdPipe, Text } from '@waymark/service-kit';
import { ClientTeams } from '../client-teams.js';
import { consentRecordAggregate } from '../consent-record.aggregate.js';
import type { RefuseConsent as RefuseConsentCommand } from '../domain/consent-record.commands.js';
import { contradictedBy } from '../domain/consent-record.state.js';
import { endOverrides, settleDecisions } from '../decided-by-another-id.js';
import { isErased } from '../domain/erasure.state.js';
import { callTo, hasDecided, type LinkedRecord, type LinkedRecords, linkedRecords } from '../linked-records.js';
import { askedOf, ConversationBody } from './conversation-body.js';
import { WithdrawConsent } from './withdraw-consent.js';

export class RefuseConsentBody extends ConversationBody {
  @Text({ optional: true, max: 2000, description: "The client's reason, if they gave one" }) reason?: string;
  @Code(waysToldToAnOfficer, { optional: true, description: 'How the client told you; `oral` when left out' })
  way?: (typeof waysToldToAnOfficer)[number];
}

export class RefusedConsent {
  @ApiProperty({ format: 'uuid' }) clientId: string;
  @ApiProperty({
    ...{ type: 'array', items: { type: 'string', format: 'uuid' } },
    description: 'The consents in force that this contradicts: they are withdrawn by it, effective at once',
  })
  withdrawnConsentIds: string[];
}

/** Effective when it is answered: no consent goes on that the client has said no to. */
export class RefuseConsent extends Command<Done<RefusedConsent>> {
  constructor(
    readonly clientId: string,
    readonly body: RefuseConsentBody,
    readonly caller: Principal,
    readonly call: Call,
  ) {
    super();
  }
}

@ApiTags('For officers')
@Controller('v1/clients/:clientId/consent-refusals')
export class RefuseConsentEndpoint {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @HttpCode(201)
  @Access('RefuseConsent')
  @ApiOperation({
    summary: 'Record that the client was asked and said no',
    description:
      'Every consent in force for the same recipient and purpose that shares a category with it is withdrawn at once.',
  })
  @ApiCreatedResponse({ type: RefusedConsent })
  refuse(
    @Param('clientId', IdPipe) clientId: string,
    @Body() body: RefuseConsentBody,
    @Caller() caller: Principal,
    @CallOf() call: Call,
  ) {
    return this.commands.execute(new RefuseConsent(clientId, body, caller, call));
  }
}

@CommandHandler(RefuseConsent)
export class RefuseConsentHandler implements ICommandHandler<RefuseConsent> {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly commands: CommandBus,
    private readonly teams: ClientTeams,
    private readonly clock: Clock,
  ) {}

  async execute({ clientId, body, caller, call }: RefuseConsent) {
    await this.teams.demand(caller, 'RefuseConsent', clientId);
    const { reason, way = 'oral' } = body;
    const refusal = { ...askedOf(body), ...(reason === undefined ? {} : { reason }) };
    const command = { type: 'RefuseConsent', clientId, refusal, way } as const;
    const records = await linkedRecords(this.aggregates, clientId);
    const byOtherIds = await this.withdrawByOtherIds(records, command, call);
    const written = await this.aggregates.change(consentRecordAggregate, clientId, command, call);
    // What somebody wrote under another id since that was looked at, and before the refusal.
    if (records.length > 1) await settleDecisions(this.aggregates, clientId, callTo('settled', call));
    const withdrawn = written.events.flatMap((event) =>
      event.type === 'ConsentWithdrawn' ? [event.data.consentId] : [],
    );
    return done(written, { clientId, withdrawnConsentIds: [...withdrawn, ...byOtherIds] });
  }

  /**
   * What lies under another id of the person is withdrawn before the refusal is written: whoever dies in between leaves less that is
   * allowed, never more, and a retry goes on from there. Once the refusal stands, a retry withdraws nothing that came later.
   */
  private async withdrawByOtherIds(
    [own, ...others]: LinkedRecords,
    refused: RefuseConsentCommand,
    call: Call,
  ): Promise<readonly string[]> {
    const withdrawn = others.flatMap((other) => withdrawnBefore(other, call));
    if (hasDecided(own, call.commandId) || isErased(own.record)) return withdrawn;
    await endOverrides(this.aggregates, others, [{ ...refused.refusal, decidedAt: this.clock.now() }], call);
    for (const { clientId, record } of others.filter((other) => !isErased(other.record)))
      for (const { consentId } of contradictedBy(refused.refusal, record, this.clock.now()))
        if (await this.withdraw(clientId, consentId, refused.way, call)) withdrawn.push(consentId);
    return withdrawn;
  }

  /** False: somebody else has withdrawn it in the meantime. */
  private async withdraw(clientId: string, consentId: string, way: RefuseConsentCommand['way'], call: Call) {
    try {
      await this.commands.execute(new WithdrawConsent(clientId, consentId, way, callTo(consentId, call)));
      return true;
    } catch (error) {
      if (error instanceof DomainRejection && error.code === 'consent_already_withdrawn') return false;
      throw error;
    }
  }
}

/** What an earlier attempt of this call has withdrawn. */
const withdrawnBefore = ({ history }: LinkedRecord, call: Call): readonly string[] =>
  history.flatMap(({ event, recorded: { metadata } }) =>
    event.type === 'ConsentWithdrawn' && metadata.causationId === callTo(event.data.consentId, call).commandId
      ? [event.data.consentId]
      : [],
  );
