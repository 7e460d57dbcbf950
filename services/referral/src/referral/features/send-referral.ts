import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { dataCategories, type DataCategory } from '@waymark/contracts';
import { fold } from '@waymark/event-sourcing';
import { Turns } from '@waymark/event-store';
import { derivedId } from '@waymark/messaging';
import { Aggregates, type Call, CallOf, Codes, type Done, done, IdPipe } from '@waymark/service-kit';
import { ConsentDoor } from '../../integration/consent-door.js';
import type { ConsentAnswer } from '../domain/referral.commands.js';
import { categoriesToSend, referralDecider } from '../domain/referral.decider.js';
import { reject } from '../domain/referral.rejections.js';
import type { Referral } from '../domain/referral.state.js';
import { CaseTeams } from '../projections/case-teams/case-teams.js';
import { mustMatch } from '../must-match.js';
import { referralAggregate } from '../referral.aggregate.js';
import { VisibleReferrals } from '../visible-referrals.js';
import { ReferralChanged } from './referral-answers.js';

export class SendReferralBody {
  @Codes(dataCategories, {
    optional: true,
    min: 1,
    description: 'What of the package goes out, when the client consents to a part of it only; all of it when left out',
  })
  categories?: DataCategory[];
}

export class SendReferral extends Command<Done<ReferralChanged>> {
  constructor(
    readonly referralId: string,
    readonly body: SendReferralBody,
    readonly caller: Principal,
    readonly call: Call,
  ) {
    super();
  }
}

@ApiTags('For the team of a case')
@Controller('v1/referrals/:id/sending')
export class SendReferralEndpoint {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @HttpCode(200)
  @Access('SendReferral')
  @ApiOperation({
    summary: 'Send the referral to its unit, if the client consents',
    description:
      'Refused with `consent_missing` (409) when no consent in force covers recipient, purpose and every category; the attempt ' +
      'is recorded; with `recipient_shut_out` (409) when the reporter of the case shut the unit out; with ' +
      '`case_closed` (409) while the case is closed. `consent_unreachable` (503): nothing was sent, try again with the same key.',
  })
  @ApiOkResponse({ type: ReferralChanged })
  send(
    @Param('id', IdPipe) id: string,
    @Body() body: SendReferralBody,
    @Caller() caller: Principal,
    @CallOf() call: Call,
  ) {
    return this.commands.execute(new SendReferral(id, body, caller, call));
  }
}

@CommandHandler(SendReferral)
export class SendReferralHandler implements ICommandHandler<SendReferral> {
  /** Who sends a referral a second time meanwhile finds that it was sent: asked before, consent would record what never left. */
  private readonly turns = new Turns();

  constructor(
    private readonly aggregates: Aggregates,
    private readonly referrals: VisibleReferrals,
    private readonly teams: CaseTeams,
    private readonly consentDoor: ConsentDoor,
  ) {}

  execute(command: SendReferral): Promise<Done<ReferralChanged>> {
    return this.turns.take(command.referralId, () => this.send(command));
  }

  private async send({ referralId, body, caller, call }: SendReferral): Promise<Done<ReferralChanged>> {
    const history = await this.aggregates.history(referralAggregate, referralId);
    const state = fold(
      referralDecider,
      history.map(({ event }) => event),
    );
    const { referral } = await this.referrals.allowed(caller, 'SendReferral', state);
    const repeated = history.some(({ recorded }) => recorded.metadata.causationId === call.commandId);
    if (!repeated) {
      await this.teams.demandRecipient(referral.caseId, referral.unit);
      mustMatch(call, history.length - 1);
    }
    const consent = repeated ? notAsked : await this.ask(referral, body, call);
    const { categories } = body;
    const written = await this.aggregates.change(
      referralAggregate,
      referralId,
      { type: 'SendReferral', consent, ...(categories ? { categories } : {}) },
      { ...call, purpose: referral.purpose },
    );
    // A refusal is recorded, so its retry finds an event of its own in the log: the answer is the same refusal.
    if (written.events.some(({ type }) => type === 'ReferralBlocked')) reject('consent_missing');
    return done(written, ReferralChanged.of(written));
  }

  /** A retry asks under the same key and so is the same disclosure. */
  private ask(referral: Referral, { categories }: SendReferralBody, call: Call): Promise<ConsentAnswer> {
    return this.consentDoor.ask(
      derivedId(call.commandId, 'disclosure'),
      {
        clientId: referral.clientId,
        recipient: referral.unit,
        purpose: referral.purpose,
        categories: categoriesToSend(referral, categories),
        reference: referral.referralId,
        act: 'send',
        onBehalfOf: call.actor.id,
      },
      call,
    );
  }
}

/** For a command that was decided before: its events are the answer, whatever the client has decided since. */
const notAsked: ConsentAnswer = { kind: 'missing' };
