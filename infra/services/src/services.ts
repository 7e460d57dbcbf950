import { audit } from '@waymark/audit';
import { caseService } from '@waymark/case';
import { consent } from '@waymark/consent';
import { engagement } from '@waymark/engagement';
import { intake } from '@waymark/intake';
import { referral } from '@waymark/referral';
import { reporting } from '@waymark/reporting';
import type { ServiceDefinition } from '@waymark/service-kit';

/** Every service there is. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- services with settings of their own
export const definitions: readonly ServiceDefinition<any>[] = [
  intake,
  caseService,
  consent,
  referral,
  reporting,
  audit,
  engagement,
];
