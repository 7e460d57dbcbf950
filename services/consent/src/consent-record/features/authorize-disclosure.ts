import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiCreatedResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { disclosureActs, type DisclosureAct } from '@waymark/contracts';
import { Aggregates, type Call, CallOf, Clock, Code, type Done, done, Id, IdPipe, StaffId } from '@waymark/service-kit';
import { ClientTeams } from '../client-teams.js';
import { consentRecordAggregate } from '../consent-record.aggregate.js';
import { type Coverage, coverage } from '../domain/coverage.js';
import type { Disclosure } from '../domain/consent-record.events.js';
import { hasDecided, linkedRecords } from '../linked-records.js';
import { reject } from '../domain/consent-record.rejections.js';
import { ScopeBody } from './conversation-body.js';

export class AuthorizeDisclosureBody extends ScopeBody {
  @Id({ description: 'What is disclosed, such as a referral' }) reference: string;
  @Code(disclosureActs) act: DisclosureAct;
  @StaffId({ description: 'Who sends or opens' }) onBehalfOf: string;
}

export class AuthorizedDisclosure {
  @ApiProperty({ format: 'uuid', description: 'Cite it in the sending or opening.' }) disclosureId: string;
  @ApiProperty({ required: false, format: 'uuid', description: 'The consent that allows it.' }) consentId?: string;
  @ApiProperty({ required: false, format: 'uuid', description: 'Or the override that allows it without consent.' })
  overrideId?: string;
}

export class AuthorizeDisclosure extends Command<Done<AuthorizedDisclosure>> {
  constructor(
    readonly clientId: string,
    readonly body: AuthorizeDisclosureBody,
    readonly caller: Principal,
    readonly call: Call,
  ) {
    super();
  }
}

@ApiTags('For services')
@Controller('v1/clients/:clientId/disclosures')
export class AuthorizeDisclosureEndpoint {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @HttpCode(201)
  @Access('AuthorizeDisclosure')
  @ApiOperation({
    summary: 'Ask before anything leaves: refused without a consent or an override in force, recorded either way',
    description:
      'Use a fresh Idempotency-Key for every sending and every opening. A retry with the same key is the same disclosure: ' +
      'it gets its first answer, also when the consent has been withdrawn in between.',
  })
  @ApiCreatedResponse({ type: AuthorizedDisclosure })
  authorize(
    @Param('clientId', IdPipe) clientId: string,
    @Body() body: AuthorizeDisclosureBody,
    @Caller() caller: Principal,
    @CallOf() call: Call,
  ) {
    return this.commands.execute(new AuthorizeDisclosure(clientId, body, caller, call));
  }
}

/**
 * The rule itself stands in domain/coverage.ts, its order against withdrawals in the decider.
 *
 * A retry (the same Idempotency-Key) gets the first answer, even after a withdrawal: it is the disclosure that was authorised
 * before, whose answer may have been lost on the way. This is safe only because whoever discloses takes a fresh key for every
 * sending and every opening: one that begins after a withdrawal was acknowledged is a new command, and is refused.
 */
@CommandHandler(AuthorizeDisclosure)
export class AuthorizeDisclosureHandler implements ICommandHandler<AuthorizeDisclosure> {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly teams: ClientTeams,
    private readonly clock: Clock,
  ) {}

  async execute({ clientId, body, caller, call }: AuthorizeDisclosure): Promise<Done<AuthorizedDisclosure>> {
    await this.teams.demand(caller, 'AuthorizeDisclosure', clientId);
    const { recipient, purpose, categories, reference, act, onBehalfOf } = body;
    const disclosure = { recipient, purpose, categories, reference, act, onBehalfOf };
    const written = await this.aggregates.change(
      consentRecordAggregate,
      await this.decidedIn(clientId, disclosure, call),
      { type: 'AuthorizeDisclosure', disclosure },
      { ...call, onBehalfOf, purpose },
    );
    const [event] = written.events;
    // A refusal is recorded, so its retry finds an event of its own in the log: the answer is the same refusal.
    if (event?.type !== 'DisclosureRecorded') return reject('consent_missing');
    const { disclosureId, consentId, override } = event.data;
    return done(written, {
      disclosureId,
      ...(consentId === undefined ? {} : { consentId }),
      ...(override === undefined ? {} : { overrideId: override.overrideId }),
    });
  }

  /**
   * Which of a person's records decides: the one that has done so before, for a retry; else the first with a consent that covers it, then one with
   * an override, and without any the one that was asked for. It decides for itself then, at the revision it has.
   */
  private async decidedIn(clientId: string, disclosure: Disclosure, { commandId }: Call): Promise<string> {
    const records = await linkedRecords(this.aggregates, clientId);
    const before = records.find((each) => hasDecided(each, commandId));
    const allowing = (reason: Coverage['reason']) =>
      records.find(({ record }) => coverage(record, disclosure, this.clock.now()).reason === reason);
    return (before ?? allowing('covered') ?? allowing('overridden'))?.clientId ?? clientId;
  }
}
