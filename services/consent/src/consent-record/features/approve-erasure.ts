import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { Aggregates, type Call, CallOf, type Done, done, IdPipe } from '@waymark/service-kit';
import { DomainRejection } from '@waymark/event-sourcing';
import { ClientTeams } from '../client-teams.js';
import { consentRecordAggregate } from '../consent-record.aggregate.js';
import { reject } from '../domain/consent-record.rejections.js';
import { tellsOfThePerson } from '../domain/consent-record.state.js';
import { pendingByRule } from '../domain/erasure.state.js';
import { ErasureReaders } from '../erasure-readers.js';
import { callTo, hasDecided, type LinkedRecord, linkedRecords } from '../linked-records.js';
import { admitErasure } from '../reporters-of-a-client.js';
import { EraseLinked } from './erase-linked.js';

export class ApproveErasureBody {}

export class ApprovedErasure {
  @ApiProperty({ enum: ['approved'] }) status: 'approved';
}

/** From here on there is no way back: every context destroys its key of the client. */
export class ApproveErasure extends Command<Done<ApprovedErasure>> {
  constructor(
    readonly clientId: string,
    readonly call: Call,
  ) {
    super();
  }
}

@ApiTags('For supervisors')
@Controller('v1/clients/:clientId/erasure-approval')
export class ApproveErasureEndpoint {
  constructor(
    private readonly commands: CommandBus,
    private readonly readers: ErasureReaders,
  ) {}

  @Post()
  @HttpCode(200)
  @Access('ApproveErasure')
  @ApiOperation({
    summary: 'Approve the erasure that somebody else has asked for: it cannot be taken back',
    description:
      'Refused with `legal_hold_stands` while there is a legal hold, for who reported also one on the client, with ' +
      '`approver_is_requester`, and with `erasure_no_longer_due`, after which the request is over, where the retention rule asked and ' +
      'the person has come again since.',
  })
  @ApiOkResponse({ type: ApprovedErasure })
  async approve(
    @Param('clientId', IdPipe) clientId: string,
    @Body() _body: ApproveErasureBody,
    @Caller() caller: Principal,
    @CallOf() call: Call,
  ) {
    await this.readers.demand(caller, 'ApproveErasure', clientId);
    return this.commands.execute(new ApproveErasure(clientId, call));
  }
}

@CommandHandler(ApproveErasure)
export class ApproveErasureHandler implements ICommandHandler<ApproveErasure> {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly commands: CommandBus,
    private readonly teams: ClientTeams,
  ) {}

  async execute({ clientId, call }: ApproveErasure) {
    const [own, ...others] = await linkedRecords(this.aggregates, clientId);
    if (!hasDecided(own, call.commandId)) {
      if (others.some(({ record }) => record.holds.length > 0)) reject('legal_hold_stands');
      await admitErasure(this.aggregates, own, call);
    }
    const command = { type: 'ApproveErasure', cameAgain: await this.haveComeAgain(own, others) } as const;
    const written = await this.aggregates.change(consentRecordAggregate, clientId, command, call);
    // That the request has lapsed is recorded, so its retry finds an event of its own in the log: the answer is the same refusal.
    if (written.events[0]?.type !== 'ErasureApproved') return reject('erasure_no_longer_due');
    if (others.length > 0) await this.eraseLinked(clientId, call);
    return done(written, { status: 'approved' as const });
  }

  /** By another id, or with a case, which may be closed again. What stands in the record itself it sees itself, at its revision. */
  private async haveComeAgain(own: LinkedRecord, others: readonly LinkedRecord[]): Promise<boolean> {
    const pending = pendingByRule(own.record);
    const request = own.history.findLast(({ event }) => event.type === 'ErasureRequested')?.recorded;
    if (!pending || !request) return false;
    const byOtherIds = others.some(({ history }) =>
      history.some(({ event, recorded }) => tellsOfThePerson(event) && recorded.position > request.position),
    );
    const ids = [own, ...others].map(({ clientId }) => clientId);
    return byOtherIds || this.teams.hadCaseSince(ids, new Date(pending.requestedAt));
  }

  /** Somebody who places a hold in this moment finds that it is too late and takes it back; the rest is left to the process. */
  private async eraseLinked(clientId: string, call: Call): Promise<void> {
    try {
      await this.commands.execute(new EraseLinked(clientId, callTo('linked', call)));
    } catch (error) {
      if (!(error instanceof DomainRejection && error.code === 'legal_hold_stands')) throw error;
    }
  }
}
