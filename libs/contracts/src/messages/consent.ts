import { Type } from '@sinclair/typebox';
import { dataCategories, linkOutcomes, purposes, units } from '../code-lists.js';
import { defineMessage } from '../message-contract.js';
import { closed, code, id, instant } from '../schemas.js';
import { subjectErasedBy } from './subject-erased.js';

const grant = {
  clientId: id,
  consentId: id,
  recipient: code(units),
  purpose: code(purposes),
  categories: Type.Array(code(dataCategories)),
};

const example = {
  clientId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b11',
  consentId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b30',
  recipient: 'ombudsman' as const,
  purpose: 'referral' as const,
  categories: ['contact' as const, 'matter_summary' as const],
};

export const consentGiven = defineMessage({
  type: 'consent.consent-given.v1',
  title: 'A client consented',
  summary: 'A client consented to a disclosure. For display only: every disclosure asks the consent service itself.',
  key: 'client',
  schema: Type.Object({ ...grant, validUntil: instant, givenAt: instant }, closed),
  examples: [{ ...example, validUntil: '2026-06-02T00:00:00.000Z', givenAt: '2026-03-03T10:00:00.000Z' }],
});

export const consentWithdrawn = defineMessage({
  type: 'consent.consent-withdrawn.v1',
  title: 'A client withdrew a consent',
  summary: 'A client withdrew a consent: no disclosure is authorised under it any more.',
  key: 'client',
  schema: Type.Object({ ...grant, withdrawnAt: instant }, closed),
  examples: [{ ...example, withdrawnAt: '2026-03-05T08:00:00.000Z' }],
});

export const suspensionsRequested = defineMessage({
  type: 'consent.suspensions-requested.v1',
  title: 'Referrals under what allows them no longer are to be suspended',
  summary:
    'Every referral whose sending was authorised under a consent that was withdrawn, or under an override that is over, which `consentId` then names. The referral service applies it to each and says so.',
  key: 'client',
  schema: Type.Object(
    { clientId: id, consentId: id, referralIds: Type.Array(id, { minItems: 1 }), withdrawnAt: instant },
    closed,
  ),
  examples: [
    {
      clientId: example.clientId,
      consentId: example.consentId,
      referralIds: ['018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b40'],
      withdrawnAt: '2026-03-05T08:00:00.000Z',
    },
  ],
});

export const linkAnswered = defineMessage({
  type: 'consent.link-answered.v1',
  title: 'Whether two clients are kept for one person',
  summary: 'The answer to a link: consents of both count for one person from now on, or it was refused.',
  key: 'client',
  schema: Type.Object(
    { clientId: id, earlierClientId: id, concernId: id, linkId: id, outcome: code(linkOutcomes) },
    closed,
  ),
  examples: [
    {
      concernId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b10',
      linkId: '018f3b7e-5f7a-8c4e-9a51-0d6f6f1f4b60',
      clientId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b11',
      earlierClientId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b12',
      outcome: 'linked',
    },
  ],
});

export const subjectErased = subjectErasedBy('consent');

export const erasureApproved = defineMessage({
  type: 'consent.erasure-approved.v1',
  title: 'An erasure was approved',
  summary: 'Every context that seals destroys its key of this client, and answers with `<context>.subject-erased.v1`.',
  key: 'client',
  schema: Type.Object({ clientId: id, erasureId: id, approvedAt: instant }, closed),
  examples: [
    {
      clientId: example.clientId,
      erasureId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b50',
      approvedAt: '2027-03-02T09:00:00.000Z',
    },
  ],
});
