import { Type } from '@sinclair/typebox';
import { referralStatuses, services, units } from '../code-lists.js';
import { defineMessage } from '../message-contract.js';
import { closed, code, id, instant } from '../schemas.js';
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

export const subjectErased = subjectErasedBy('referral');
