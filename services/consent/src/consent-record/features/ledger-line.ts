import { ApiProperty } from '@nestjs/swagger';
import {
  cannotBeAskedReasons,
  dataCategories,
  disclosureActs,
  informingWays,
  type Language,
  legalBases,
  plainLanguage,
  purposes,
  units,
} from '@waymark/contracts';
import type { Instant } from '@waymark/event-sourcing';
import type { HistoryEntry } from '@waymark/service-kit';
import type { ToldNo } from '../domain/client-no.js';
import type { ConsentEvent } from '../domain/consent-record.events.js';
import { type Consent, consentOf, type ConsentRecord } from '../domain/consent-record.state.js';
import { isToldToClient, type Override, overrideOf } from '../domain/override.state.js';
import { contradicts, isAbout } from '../domain/scope.js';

/** The same in words. */
export class LedgerWords {
  @ApiProperty({ example: 'Ombudsman' }) recipient: string;
  @ApiProperty({ example: 'To mediate' }) purpose: string;
  @ApiProperty({ type: [String], example: ['How to reach you'] }) categories: string[];
  @ApiProperty({ example: 'Opened by them' }) act: string;
  @ApiProperty({ required: false, description: 'Why it was possible without your consent' }) legalBasis?: string;
  @ApiProperty({ required: false, description: 'Why you could not be asked' }) cannotBeAsked?: string;
  @ApiProperty({ required: false, description: 'That you had said no' }) againstYourNo?: string;
}

/** What stood in for your consent. */
export class LedgerOverride {
  @ApiProperty({ format: 'uuid' }) overrideId: string;
  @ApiProperty({ enum: legalBases }) legalBasis: string;
  @ApiProperty({ format: 'date-time', description: 'Two persons had decided it then' }) approvedAt: string;
  @ApiProperty({ required: false, format: 'date-time', description: 'When you were told' }) informedAt?: string;
  @ApiProperty({ required: false, enum: informingWays, description: 'How you were told' }) informedHow?: string;
  @ApiProperty({
    required: false,
    format: 'date-time',
    description: 'When you last withdrew a consent for this recipient and purpose: it did not end this',
  })
  consentWithdrawnAt?: string;
  @ApiProperty({
    required: false,
    format: 'date-time',
    description: 'When you last said no to any of this: it was disclosed all the same',
  })
  refusedAt?: string;
  @ApiProperty({ required: false, enum: cannotBeAskedReasons, description: 'Why you could not be asked' })
  cannotBeAsked?: string;
}

export class LedgerLine {
  @ApiProperty({ format: 'uuid' }) disclosureId: string;
  @ApiProperty({ enum: units, description: 'To whom' }) recipient: string;
  @ApiProperty({ enum: purposes, description: 'Why' }) purpose: string;
  @ApiProperty({ enum: dataCategories, isArray: true, description: 'What' }) categories: string[];
  @ApiProperty({ enum: disclosureActs, description: 'Sent to them, or opened by them' }) act: string;
  @ApiProperty({ format: 'uuid', description: 'With which referral' }) reference: string;
  @ApiProperty({ required: false, format: 'uuid', description: 'Under which consent' }) consentId?: string;
  @ApiProperty({ required: false, description: 'Instead, where it was disclosed without your consent' })
  override?: LedgerOverride;
  @ApiProperty({ format: 'date-time', description: 'When' }) disclosedAt: string;
  @ApiProperty({
    format: 'date-time',
    description:
      'Until when they may open it: the end of what allows it, your withdrawal, or the approval of your erasure',
  })
  until: string;
  @ApiProperty() words: LedgerWords;
}

/** The record as it stands when the client looks. */
interface Told {
  readonly record: ConsentRecord;
  /** What they have said no to by any of their ids. */
  readonly nos: readonly ToldNo[];
  readonly language: Language;
  readonly now: Instant;
}

/** A disclosure as its client sees it. One under an override stands there once they have been told, or should have been by now. */
export function ledgerLineOf({ event, recorded }: HistoryEntry<ConsentEvent>, told: Told): LedgerLine[] {
  if (event.type !== 'DisclosureRecorded') return [];
  const { record, nos, language, now } = told;
  const { disclosureId, recipient, purpose, categories, act, reference, consentId } = event.data;
  const override = event.data.override && overrideOf(record, event.data.override.overrideId);
  if (override && !isToldToClient(override, now)) return [];
  const consent = consentId === undefined ? undefined : consentOf(record, consentId);
  const until = endOf(override ?? consent, record) ?? recorded.recordedAt;
  const instead = override && overrideFor(override, record, nos);
  const words = plainLanguage[language];
  return [
    {
      ...{ disclosureId, recipient, purpose, categories: [...categories], act, reference, until },
      ...(consentId === undefined ? {} : { consentId }),
      ...(instead ? { override: instead } : {}),
      disclosedAt: recorded.recordedAt,
      words: {
        recipient: words.units[recipient],
        purpose: words.purposes[purpose],
        categories: categories.map((category) => words.dataCategories[category]),
        act: words.disclosureActs[act],
        ...(override ? { legalBasis: words.legalBases[override.legalBasis] } : {}),
        ...(override?.cannotBeAsked ? { cannotBeAsked: words.cannotBeAsked[override.cannotBeAsked] } : {}),
        ...(instead?.refusedAt === undefined ? {} : { againstYourNo: words.againstYourNo }),
      },
    },
  ];
}

/** Whatever came first ended it: from the approval of an erasure on nothing allows anything. */
function endOf(allowedBy: Consent | Override | undefined, { erasure }: ConsentRecord): Instant | undefined {
  if (!allowedBy) return undefined;
  const early = 'overrideId' in allowedBy ? allowedBy.ended : allowedBy.withdrawal;
  return [allowedBy.validUntil, early?.at, erasure?.approval?.at].filter((at) => at !== undefined).toSorted()[0];
}

function overrideFor(override: Override, { consents }: ConsentRecord, nos: readonly ToldNo[]): LedgerOverride {
  const { overrideId, legalBasis, approval, requestedAt, informed, cannotBeAsked } = override;
  const refused = nos.findLast((no) => no.how === 'refused' && contradicts(no, override));
  const withdrawn = consents.flatMap((consent) =>
    consent.withdrawal && isAbout(consent, override) ? [consent.withdrawal.at] : [],
  );
  const consentWithdrawnAt = withdrawn.toSorted().at(-1);
  return {
    ...{ overrideId, legalBasis, approvedAt: approval?.at ?? requestedAt },
    ...(informed ? { informedAt: informed.at, informedHow: informed.way } : {}),
    ...(consentWithdrawnAt === undefined ? {} : { consentWithdrawnAt }),
    ...(refused ? { refusedAt: refused.saidAt } : {}),
    ...(cannotBeAsked === undefined ? {} : { cannotBeAsked }),
  };
}
