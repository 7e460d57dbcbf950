import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { type Call, CallOf, IdPipe, Moment, Text } from '@waymark/service-kit';
import { ErasureReaders } from '../erasure-readers.js';
import { ChangedOverride, ChangeOverride } from './change-override.js';

export class DelayInformingOfOverrideBody {
  @Text({ max: 4000, description: 'Why telling the client now would do harm' }) reason: string;
  @Moment({ description: 'Within 30 days' }) informBy: string;
}

@ApiTags('For supervisors')
@Controller('v1/clients/:clientId/overrides/:overrideId/informing-delay')
export class DelayInformingOfOverrideEndpoint {
  constructor(
    private readonly commands: CommandBus,
    private readonly readers: ErasureReaders,
  ) {}

  @Post()
  @HttpCode(200)
  @Access('DelayInformingOfOverride')
  @ApiOperation({
    summary: 'Say why the client is not told yet, and until when',
    description:
      '30 days at most; it may be said again. When that time has passed too, the client’s own ledger tells them.',
  })
  @ApiOkResponse({ type: ChangedOverride })
  async change(
    @Param('clientId', IdPipe) clientId: string,
    @Param('overrideId', IdPipe) overrideId: string,
    @Body() { reason, informBy }: DelayInformingOfOverrideBody,
    @Caller() caller: Principal,
    @CallOf() call: Call,
  ) {
    await this.readers.demand(caller, 'DelayInformingOfOverride', clientId);
    return this.commands.execute(
      new ChangeOverride(
        clientId,
        { type: 'DelayInformingOfOverride', overrideId, reason, informBy: new Date(informBy).toISOString() },
        call,
      ),
    );
  }
}
