import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { type CannotBeAskedReason, cannotBeAskedReasons } from '@waymark/contracts';
import { Aggregates, type Call, CallOf, Code, type Done, IdPipe } from '@waymark/service-kit';
import { standingAgainst } from '../domain/client-no.js';
import { overrideOf } from '../domain/override.state.js';
import { ClientTeams } from '../client-teams.js';
import { ErasureReaders } from '../erasure-readers.js';
import { linkedRecords } from '../linked-records.js';
import { nosOf } from '../nos-of-a-client.js';
import { ChangedOverride, ChangeOverride } from './change-override.js';

export class ApproveOverrideBody {
  @Code(cannotBeAskedReasons, {
    optional: true,
    description: 'Where whoever asked has said why the client cannot be asked: the same, which you have found to be so',
  })
  cannotBeAsked?: CannotBeAskedReason;
}

export class ApproveOverride extends Command<Done<ChangedOverride>> {
  constructor(
    readonly clientId: string,
    readonly overrideId: string,
    readonly cannotBeAsked: CannotBeAskedReason | undefined,
    readonly call: Call,
  ) {
    super();
  }
}

@ApiTags('For supervisors')
@Controller('v1/clients/:clientId/overrides/:overrideId/approval')
export class ApproveOverrideEndpoint {
  constructor(
    private readonly commands: CommandBus,
    private readonly readers: ErasureReaders,
  ) {}

  @Post()
  @HttpCode(200)
  @Access('ApproveOverride')
  @ApiOperation({
    summary: 'Approve that something is disclosed without the client’s consent',
    description:
      'Refused with `approver_is_requester` to whoever asked for it, and with `override_over` once its time has passed or the client has decided themself. What it stands against is shown with it in the list of overrides: for a vital interest against a no of the client, `cannotBeAsked` has to be what whoever asked has said (`cannot_be_asked_unconfirmed`). From here on the client has to be told within 72 hours.',
  })
  @ApiOkResponse({ type: ChangedOverride })
  async change(
    @Param('clientId', IdPipe) clientId: string,
    @Param('overrideId', IdPipe) overrideId: string,
    @Body() { cannotBeAsked }: ApproveOverrideBody,
    @Caller() caller: Principal,
    @CallOf() call: Call,
  ) {
    await this.readers.demand(caller, 'ApproveOverride', clientId);
    return this.commands.execute(new ApproveOverride(clientId, overrideId, cannotBeAsked, call));
  }
}

@CommandHandler(ApproveOverride)
export class ApproveOverrideHandler implements ICommandHandler<ApproveOverride> {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly commands: CommandBus,
    private readonly teams: ClientTeams,
  ) {}

  async execute({ clientId, overrideId, cannotBeAsked, call }: ApproveOverride) {
    const records = await linkedRecords(this.aggregates, clientId);
    const override = overrideOf(records[0].record, overrideId);
    const saidNoElsewhere = override !== undefined && standingAgainst(nosOf(records), override).length > 0;
    const requesterIsOut = override !== undefined && (await this.teams.isOut(override.requestedBy, clientId));
    const approval = { type: 'ApproveOverride', overrideId, saidNoElsewhere, requesterIsOut } as const;
    const change = { ...approval, ...(cannotBeAsked === undefined ? {} : { cannotBeAsked }) };
    return this.commands.execute(new ChangeOverride(clientId, change, call));
  }
}
