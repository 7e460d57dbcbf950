import { audit } from '@waymark/audit';
import { caseService } from '@waymark/case';
import { consent } from '@waymark/consent';
import { engagement } from '@waymark/engagement';
import { intake } from '@waymark/intake';
import { referral } from '@waymark/referral';
import { reporting } from '@waymark/reporting';
import type { MessagingService } from './async-api.js';

/** All services, for what they declare about messages. */
export const messagingServices: readonly MessagingService[] = [
  intake,
  caseService,
  consent,
  referral,
  reporting,
  audit,
  engagement,
];
