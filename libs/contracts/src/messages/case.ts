import { Type } from '@sinclair/typebox';
import { defineMessage } from '../message-contract.js';
import { closed, id, instant, staffId } from '../schemas.js';
import { subjectErasedBy } from './subject-erased.js';

export const caseOpened = defineMessage({
  type: 'case.case-opened.v1',
  title: 'A case was opened',
  summary: 'A case was opened for a client.',
  key: 'case',
  schema: Type.Object(
    { caseId: id, concernId: Type.Optional(id), clientId: id, officerId: staffId, openedAt: instant },
    closed,
  ),
  examples: [
    {
      caseId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b20',
      concernId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b10',
      clientId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b11',
      officerId: 'amina.officer',
      openedAt: '2026-03-02T09:30:01.000Z',
    },
  ],
});

export const teamChanged = defineMessage({
  type: 'case.team-changed.v1',
  title: 'The team of a case changed',
  summary: 'Who works on a case now. Replaces what was known before.',
  key: 'case',
  schema: Type.Object({ caseId: id, clientId: id, team: Type.Array(staffId), changedAt: instant }, closed),
  examples: [
    {
      caseId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b20',
      clientId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b11',
      team: ['amina.officer', 'lucia.officer'],
      changedAt: '2026-03-02T11:00:00.000Z',
    },
  ],
});

export const subjectErased = subjectErasedBy('case');
