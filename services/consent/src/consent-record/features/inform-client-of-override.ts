import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { informingWays, type InformingWay } from '@waymark/contracts';
import { type Call, CallOf, Code, IdPipe, Moment } from '@waymark/service-kit';
import { ClientTeams } from '../client-teams.js';
import { ChangedOverride, ChangeOverride } from './change-override.js';

export class InformClientOfOverrideBody {
  @Code(informingWays, { description: 'How the client was told' }) way: InformingWay;
  @Moment({ optional: true, description: 'When, in the past; now when left out' }) informedAt?: string;
}

@ApiTags('For officers')
@Controller('v1/clients/:clientId/overrides/:overrideId/client-information')
export class InformClientOfOverrideEndpoint {
  constructor(
    private readonly commands: CommandBus,
    private readonly teams: ClientTeams,
  ) {}

  @Post()
  @HttpCode(200)
  @Access('InformClientOfOverride')
  @ApiOperation({
    summary: 'Record how and when the client was told of the override',
    description: 'From here on the client’s own ledger shows what was disclosed under it.',
  })
  @ApiOkResponse({ type: ChangedOverride })
  async change(
    @Param('clientId', IdPipe) clientId: string,
    @Param('overrideId', IdPipe) overrideId: string,
    @Body() { way, informedAt }: InformClientOfOverrideBody,
    @Caller() caller: Principal,
    @CallOf() call: Call,
  ) {
    await this.teams.demand(caller, 'InformClientOfOverride', clientId);
    return this.commands.execute(
      new ChangeOverride(
        clientId,
        {
          type: 'InformClientOfOverride',
          overrideId,
          way,
          ...(informedAt === undefined ? {} : { informedAt: new Date(informedAt).toISOString() }),
        },
        call,
      ),
    );
  }
}
