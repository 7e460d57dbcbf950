import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { type Call, CallOf, type Done, Id, IdPipe } from '@waymark/service-kit';
import type { EarlierConcern } from '../domain/concern.commands.js';
import { clientOf } from '../domain/concern.state.js';
import { handlersOf } from '../domain/handled-by.js';
import { VisibleConcerns } from '../visible-concerns.js';
import { ConcernChanged } from './concern-answers.js';

export class LinkConcernToClientBody {
  @Id({ description: 'A concern of the same person from before, that you handle or supervise' })
  earlierConcernId: string;
}

export class LinkConcernToClient extends Command<Done<ConcernChanged>> {
  constructor(
    readonly concernId: string,
    readonly body: LinkConcernToClientBody,
    readonly caller: Principal,
    readonly call: Call,
  ) {
    super();
  }
}

@ApiTags('For officers')
@Controller('v1/concerns/:id/client-link')
export class LinkConcernToClientEndpoint {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @HttpCode(200)
  @Access('LinkConcernToClient')
  @ApiOperation({
    summary: 'The same person came before: link the concern to their client, so that nothing has to be told twice',
    description:
      'Consent, case and referrals follow by themselves; `link` of the concern says how far that is. Until it is settled the ' +
      'concern cannot be accepted (`link_not_settled`). It is refused where either person is being erased, and where you read ' +
      'the earlier concern under broken glass only (`earlier_concern_under_glass`).',
  })
  @ApiOkResponse({ type: ConcernChanged })
  link(
    @Param('id', IdPipe) id: string,
    @Body() body: LinkConcernToClientBody,
    @Caller() caller: Principal,
    @CallOf() call: Call,
  ) {
    return this.commands.execute(new LinkConcernToClient(id, body, caller, call));
  }
}

@CommandHandler(LinkConcernToClient)
export class LinkConcernToClientHandler implements ICommandHandler<LinkConcernToClient> {
  constructor(private readonly concerns: VisibleConcerns) {}

  /** The caller has to be let in to both, to the earlier one as whoever handles or supervises it. */
  execute({ concernId, body, caller, call }: LinkConcernToClient) {
    return this.concerns.changeAsSeen(concernId, caller, call, 'LinkConcernToClient', async () => ({
      type: 'LinkConcernToClient',
      earlier: await this.earlier(body.earlierConcernId, caller),
    }));
  }

  private async earlier(concernId: string, caller: Principal): Promise<EarlierConcern> {
    const concern = await this.concerns.findEarlier(caller, concernId);
    return {
      concernId: concern.concernId,
      clientId: clientOf(concern),
      erased: concern.erased.includes('client'),
      handlers: handlersOf(concern),
    };
  }
}
