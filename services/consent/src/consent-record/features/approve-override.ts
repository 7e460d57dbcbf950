import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { type Call, CallOf, IdPipe } from '@waymark/service-kit';
import { ErasureReaders } from '../erasure-readers.js';
import { ChangedOverride, ChangeOverride } from './change-override.js';

export class ApproveOverrideBody {}

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
      'Refused with `approver_is_requester` to whoever asked for it, and with `override_over` once its time has passed or the client has decided themself. From here on the client has to be told within 72 hours.',
  })
  @ApiOkResponse({ type: ChangedOverride })
  async change(
    @Param('clientId', IdPipe) clientId: string,
    @Param('overrideId', IdPipe) overrideId: string,
    @Body() _body: ApproveOverrideBody,
    @Caller() caller: Principal,
    @CallOf() call: Call,
  ) {
    await this.readers.demand(caller, 'ApproveOverride', clientId);
    return this.commands.execute(new ChangeOverride(clientId, { type: 'ApproveOverride', overrideId }, call));
  }
}
