import { ApiProperty } from '@nestjs/swagger';
import {
  capacities,
  consentForms,
  consentStatuses,
  dataCategories,
  purposes,
  units,
  withdrawalWays,
} from '@waymark/contracts';
import type { Instant } from '@waymark/event-sourcing';
import type { LinkedRecord } from '../linked-records.js';
import { nosOf } from '../nos-of-a-client.js';
import { isErased } from '../domain/erasure.state.js';
import { statusOf } from '../domain/consent-record.state.js';

export class ConsentView {
  @ApiProperty({ format: 'uuid' }) consentId: string;
  @ApiProperty({ enum: units }) recipient: string;
  @ApiProperty({ enum: purposes }) purpose: string;
  @ApiProperty({ enum: dataCategories, isArray: true }) categories: string[];
  @ApiProperty({ enum: consentStatuses }) status: string;
  @ApiProperty({ format: 'date-time' }) givenAt: string;
  @ApiProperty({ format: 'date-time' }) validUntil: string;
  @ApiProperty({ required: false, format: 'date-time' }) withdrawnAt?: string;
  @ApiProperty({ required: false, enum: withdrawalWays }) withdrawnBy?: string;
  @ApiProperty({ enum: consentForms }) form: string;
  @ApiProperty({ required: false, enum: capacities, description: 'Absent once the client was erased, like the rest.' })
  capacity?: string;
  @ApiProperty({ required: false, description: 'How the client was asked was erased' }) erased?: boolean;
  @ApiProperty({ required: false }) language?: string;
  @ApiProperty({ required: false }) interpreter?: string;
  @ApiProperty({ required: false }) explained?: string;
  @ApiProperty({ required: false }) witnessedBy?: string;
  @ApiProperty({ required: false }) withheld?: string;
}

/** What the client was asked for and said no to, with why, as they put it. */
export class RefusalView {
  @ApiProperty({ enum: units }) recipient: string;
  @ApiProperty({ enum: purposes }) purpose: string;
  @ApiProperty({ enum: dataCategories, isArray: true }) categories: string[];
  @ApiProperty({ enum: dataCategories, isArray: true, description: 'Those that they have not consented to since' })
  standing: string[];
  @ApiProperty({ format: 'date-time' }) refusedAt: string;
  @ApiProperty({ required: false }) reason?: string;
}

export class ConsentList {
  @ApiProperty({ type: [ConsentView], description: 'The newest first.' }) items: ConsentView[];
  @ApiProperty({ type: [RefusalView], description: 'The newest first.' }) refusals: RefusalView[];
}

/** All that a client has said yes and no to as of now, by whichever of their ids. */
export const consentList = (records: readonly LinkedRecord[], now: Instant): ConsentList => ({
  items: records
    .flatMap(({ record }) => record.consents.map((consent) => ({ consent, record })))
    .toSorted((one, other) => Date.parse(one.consent.givenAt) - Date.parse(other.consent.givenAt))
    .map(({ consent, record }) => {
      const { clientId: _, expired: __, withdrawal, categories, ...given } = consent;
      return {
        ...given,
        ...(isErased(record) ? { erased: true } : {}),
        categories: [...categories],
        status: isErased(record) && statusOf(consent, now) === 'in_force' ? 'erased' : statusOf(consent, now),
        ...(withdrawal ? { withdrawnAt: withdrawal.at, withdrawnBy: withdrawal.way } : {}),
      };
    })
    .reverse(),
  refusals: nosOf(records)
    .filter(({ how }) => how === 'refused')
    .map(({ how: _, categories, standing, saidAt: refusedAt, ...refused }) => ({
      ...refused,
      categories: [...categories],
      standing: [...standing],
      refusedAt,
    }))
    .reverse(),
});
