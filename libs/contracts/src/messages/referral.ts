import { Type } from '@sinclair/typebox';
import { referralResults, referralStatuses, services, units, withdrawalOutcomes } from '../code-lists.js';
import { defineMessage } from '../message-contract.js';
import { closed, code, id, instant, month } from '../schemas.js';
import { subjectErasedBy } from './subject-erased.js';

export const referralMoved = defineMessage({
  type: 'referral.referral-moved.v1',
  title: 'A referral came into another status',
  summary: 'A referral came into another status.',
  key: 'referral',
  schema: Type.Object(
    {
      referralId: id,
      caseId: id,
      clientId: id,
      unit: code(units),
      service: code(services),
      status: code(referralStatuses),
      movedAt: instant,
    },
    closed,
  ),
  examples: [
    {
      referralId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b40',
      caseId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b20',
      clientId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b11',
      unit: 'ombudsman',
      service: 'mediation',
      status: 'sent',
      movedAt: '2026-03-03T10:05:00.000Z',
    },
  ],
});

export const withdrawalApplied = defineMessage({
  type: 'referral.withdrawal-applied.v1',
  title: 'A withdrawal was applied to a referral',
  summary:
    'What the withdrawal of a consent, or the end of an override, meant for a referral: suspended and its unit told, at an end before, or never sent under it, which it now cannot be.',
  key: 'referral',
  schema: Type.Object(
    { referralId: id, clientId: id, consentId: id, outcome: code(withdrawalOutcomes), appliedAt: instant },
    closed,
  ),
  examples: [
    {
      referralId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b40',
      clientId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b11',
      consentId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b30',
      outcome: 'suspended',
      appliedAt: '2026-03-05T08:00:01.000Z',
    },
  ],
});

export const referralCounted = defineMessage({
  type: 'referral.referral-counted.v1',
  title: 'A referral was sent, counted',
  summary: 'The de-identified fact that a referral went to a unit in a month, under a pseudonym.',
  key: 'fact',
  fact: { plain: ['month', 'unit', 'service'], sealed: [] },
  schema: Type.Object({ factId: id, month, unit: code(units), service: code(services) }, closed),
  examples: [
    { factId: '2a8e5c10-9d7b-8a36-b1f2-6e4d3c5b7a90', month: '2026-03', unit: 'ombudsman', service: 'mediation' },
  ],
});

export const resultCounted = defineMessage({
  type: 'referral.result-counted.v1',
  title: 'What became of a referral, counted',
  summary: 'The de-identified fact of what became of a referral; the last that is told of one holds.',
  key: 'fact',
  fact: { plain: ['result'], sealed: [] },
  schema: Type.Object({ factId: id, result: code(referralResults) }, closed),
  examples: [{ factId: '2a8e5c10-9d7b-8a36-b1f2-6e4d3c5b7a90', result: 'partly_provided' }],
});

export const subjectErased = subjectErasedBy('referral');
