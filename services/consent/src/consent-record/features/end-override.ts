import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { type OverrideEndReason, overrideEndReasons } from '@waymark/contracts';
import { type Call, CallOf, Code, IdPipe } from '@waymark/service-kit';
import { ErasureReaders } from '../erasure-readers.js';
import { ChangedOverride, ChangeOverride } from './change-override.js';

export class EndOverrideBody {
  @Code(overrideEndReasons) reason: OverrideEndReason;
}

@ApiTags('For supervisors')
@Controller('v1/clients/:clientId/overrides/:overrideId/decline')
export class DeclineOverrideEndpoint {
  constructor(
    private readonly commands: CommandBus,
    private readonly readers: ErasureReaders,
  ) {}

  @Post()
  @HttpCode(200)
  @Access('DeclineOverride')
  @ApiOperation({
    summary: 'Decline what somebody else has asked to disclose without the client’s consent',
    description: 'Refused with `approver_is_requester`, and with `override_already_approved` once it was approved.',
  })
  @ApiOkResponse({ type: ChangedOverride })
  async decline(
    @Param('clientId', IdPipe) clientId: string,
    @Param('overrideId', IdPipe) overrideId: string,
    @Body() { reason }: EndOverrideBody,
    @Caller() caller: Principal,
    @CallOf() call: Call,
  ) {
    await this.readers.demand(caller, 'DeclineOverride', clientId);
    return this.commands.execute(new ChangeOverride(clientId, { type: 'DeclineOverride', overrideId, reason }, call));
  }
}

@ApiTags('For officers', 'For supervisors')
@Controller('v1/clients/:clientId/overrides/:overrideId/revocation')
export class RevokeOverrideEndpoint {
  constructor(
    private readonly commands: CommandBus,
    private readonly readers: ErasureReaders,
  ) {}

  @Post()
  @HttpCode(200)
  @Access('RevokeOverride')
  @ApiOperation({
    summary: 'End an override before its time, or take the request back',
    description: 'At once: whatever begins after the answer is not disclosed under it. Refused with `override_over`.',
  })
  @ApiOkResponse({ type: ChangedOverride })
  async revoke(
    @Param('clientId', IdPipe) clientId: string,
    @Param('overrideId', IdPipe) overrideId: string,
    @Body() { reason }: EndOverrideBody,
    @Caller() caller: Principal,
    @CallOf() call: Call,
  ) {
    await this.readers.demand(caller, 'RevokeOverride', clientId);
    return this.commands.execute(new ChangeOverride(clientId, { type: 'RevokeOverride', overrideId, reason }, call));
  }
}
