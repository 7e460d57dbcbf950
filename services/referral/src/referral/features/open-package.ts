import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { randomUUID } from 'node:crypto';
import { Access, Caller, type Principal, Reading } from '@waymark/access';
import { dataCategories, type DataCategory } from '@waymark/contracts';
import { DomainRejection } from '@waymark/event-sourcing';
import { Aggregates, type Call, CallOf, IdPipe, ReadLog, WithoutKey } from '@waymark/service-kit';
import { ConsentDoor } from '../../integration/consent-door.js';
import { openable } from '../domain/referral.decider.js';
import { reject } from '../domain/referral.rejections.js';
import type { Referral } from '../domain/referral.state.js';
import { mustMatch } from '../must-match.js';
import { PackageSeal } from '../package/package-seal.js';
import { referralAggregate } from '../referral.aggregate.js';
import { VisibleReferrals } from '../visible-referrals.js';

export class OpenPackageBody {}

export class PackageItem {
  @ApiProperty({ enum: dataCategories }) category: DataCategory;
  @ApiProperty({ required: false, description: 'Absent when erased' }) content?: string;
  @ApiProperty({ required: false, description: 'The content was erased' }) erased?: boolean;
}

export class OpenedPackage {
  @ApiProperty({ format: 'uuid' }) referralId: string;
  @ApiProperty({ format: 'uuid', description: 'The line in the client’s own ledger' }) disclosureId: string;
  @ApiProperty({
    type: [PackageItem],
    description: 'What the client consented to, or an override covers, and nothing else',
  })
  categories: PackageItem[];
}

export class OpenPackage extends Command<OpenedPackage> {
  constructor(
    readonly referralId: string,
    readonly caller: Principal,
    readonly call: Call,
  ) {
    super();
  }
}

@ApiTags('For the unit')
@Controller('v1/referrals/:id/openings')
export class OpenPackageEndpoint {
  constructor(private readonly commands: CommandBus) {}

  // A stored answer would be a disclosure after withdrawal: this route takes no key, and every request is an opening of its own.
  @Post()
  @HttpCode(200)
  @WithoutKey()
  @Reading()
  @Access('OpenPackage')
  @ApiOperation({
    summary: 'Open the package: asks for the client’s consent at this very moment, and is recorded',
    description:
      'Takes no Idempotency-Key: asking again is another opening, authorised anew. Refused with `consent_missing` (409) once the ' +
      'consent is withdrawn or has expired, with `referral_suspended` and `referral_closed` (409) once the referral is: each attempt ' +
      'is recorded. `consent_unreachable` (503): nothing was opened.',
  })
  @ApiOkResponse({ type: OpenedPackage })
  open(
    @Param('id', IdPipe) id: string,
    @Body() _body: OpenPackageBody,
    @Caller() caller: Principal,
    @CallOf() call: Call,
  ) {
    return this.commands.execute(new OpenPackage(id, caller, call));
  }
}

@CommandHandler(OpenPackage)
export class OpenPackageHandler implements ICommandHandler<OpenPackage> {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly referrals: VisibleReferrals,
    private readonly consentDoor: ConsentDoor,
    private readonly reads: ReadLog,
    private readonly seal: PackageSeal,
  ) {}

  /** In this order: consent, the opening in the log, and only then the key. What is refused is on record before it is answered. */
  async execute({ referralId, caller, call }: OpenPackage): Promise<OpenedPackage> {
    const { referral, revision } = await this.referrals.find(caller, 'OpenPackage', referralId);
    mustMatch(call, revision);
    const { categories, allowance } = await this.opened(referral, call).catch(async (error: unknown) => {
      if (error instanceof DomainRejection) {
        const { code }: DomainRejection = error;
        await this.record(referral, caller, code, true);
      }
      throw error;
    });
    const { consentId, overrideId, disclosureId } = allowance;
    const ground = overrideId === undefined ? `consent:${consentId}` : `override:${overrideId}`;
    await this.record(referral, caller, ground, false);
    return { referralId, disclosureId, categories: await this.seal.open(referral, categories) };
  }

  private async opened(referral: Referral, call: Call) {
    const { categories } = openable(referral, call.actor);
    const allowance = await this.authorized(referral, categories, call);
    const command = { type: 'OpenPackage', allowance } as const;
    await this.aggregates.change(referralAggregate, referral.referralId, command, {
      ...call,
      purpose: referral.purpose,
    });
    return { categories, allowance };
  }

  /** The key is fresh at each opening, never the caller's: consent answers a known key as it did before a withdrawal. */
  private async authorized(referral: Referral, categories: readonly DataCategory[], call: Call) {
    const { clientId, unit: recipient, purpose, referralId: reference } = referral;
    const onBehalfOf = call.actor.id;
    const disclosure = { clientId, recipient, purpose, categories, reference, act: 'open', onBehalfOf } as const;
    const answer = await this.consentDoor.ask(randomUUID(), disclosure, call);
    return answer.kind === 'given' ? answer : reject('consent_missing');
  }

  private record({ referralId, clientId, purpose }: Referral, principal: Principal, ground: string, refused: boolean) {
    return this.reads.read({
      principal,
      stream: `referral-${referralId}`,
      clientId,
      what: 'OpenPackage',
      ground,
      purpose,
      refused,
    });
  }
}
