import { Type } from '@sinclair/typebox';
import { caseStages, emergencyPurposes } from '../code-lists.js';
import { defineMessage } from '../message-contract.js';
import { closed, code, id, instant, month, shutOutMarks as shutOut, staffId } from '../schemas.js';
import { subjectErasedBy } from './subject-erased.js';

export const caseOpened = defineMessage({
  type: 'case.case-opened.v1',
  title: 'A case was opened',
  summary: 'A case was opened for a client.',
  key: 'case',
  schema: Type.Object(
    { caseId: id, concernId: Type.Optional(id), clientId: id, officerId: staffId, openedAt: instant, shutOut },
    closed,
  ),
  examples: [
    {
      caseId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b20',
      concernId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b10',
      clientId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b11',
      officerId: 'amina.officer',
      openedAt: '2026-03-02T09:30:01.000Z',
      shutOut: ['5f0c6f1e1d5c8a3e8f006a2f0e9d1c77'],
    },
  ],
});

export const openingConfirmed = defineMessage({
  type: 'case.opening-confirmed.v1',
  title: 'A case was confirmed to be open',
  summary: 'The answer to who asks again for the case of a concern that was opened before.',
  key: 'case',
  schema: Type.Object({ caseId: id, concernId: id, clientId: id }, closed),
  examples: [
    {
      caseId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b20',
      concernId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b10',
      clientId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b11',
    },
  ],
});

export const teamChanged = defineMessage({
  type: 'case.team-changed.v1',
  title: 'The team of a case changed',
  summary: 'Who works on a case now. Replaces what was known before.',
  key: 'case',
  schema: Type.Object(
    {
      ...{ caseId: id, concernId: Type.Optional(id), clientId: id, team: Type.Array(staffId), changedAt: instant },
      /** Of the case, after this; whoever was told of a later one does not go back. Absent in what was published before. */
      revision: Type.Optional(Type.Integer({ minimum: 0 })),
    },
    closed,
  ),
  examples: [
    {
      caseId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b20',
      concernId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b10',
      clientId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b11',
      team: ['amina.officer', 'lucia.officer'],
      changedAt: '2026-03-02T11:00:00.000Z',
      revision: 3,
    },
  ],
});

export const officerRecused = defineMessage({
  type: 'case.officer-recused.v1',
  title: 'Somebody has recused from a case',
  summary: 'Somebody has stepped back from a case because of a conflict of interest, for ever. Why is told to nobody.',
  key: 'case',
  schema: Type.Object({ caseId: id, concernId: id, staffId, recusedAt: instant }, closed),
  examples: [
    {
      caseId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b20',
      concernId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b10',
      staffId: 'amina.officer',
      recusedAt: '2026-03-02T12:00:00.000Z',
    },
  ],
});

const emergencyAccess = { caseId: id, concernId: id, grantId: id };

export const emergencyAccessGranted = defineMessage({
  type: 'case.emergency-access-granted.v1',
  title: 'Somebody has broken the glass of a case',
  summary:
    'Somebody outside of the team reads a case in an emergency, and its concern, until their hours are over. Why is told to nobody.',
  key: 'case',
  schema: Type.Object({ ...emergencyAccess, staffId, purpose: code(emergencyPurposes), endsAt: instant }, closed),
  examples: [
    {
      caseId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b20',
      concernId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b10',
      grantId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b50',
      staffId: 'kwame.officer',
      purpose: 'vital_interest',
      endsAt: '2026-03-02T16:00:00.000Z',
    },
  ],
});

export const emergencyAccessReviewed = defineMessage({
  type: 'case.emergency-access-reviewed.v1',
  title: 'An emergency access was reviewed',
  summary:
    'Somebody else has looked at an emergency access, which is over with that. What they found is told to nobody.',
  key: 'case',
  schema: Type.Object({ ...emergencyAccess, reviewedAt: instant }, closed),
  examples: [
    {
      caseId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b20',
      concernId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b10',
      grantId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b50',
      reviewedAt: '2026-03-02T14:00:00.000Z',
    },
  ],
});

const moved = { caseId: id, clientId: id };
const example = {
  caseId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b20',
  clientId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b11',
};

export const caseClosed = defineMessage({
  type: 'case.case-closed.v1',
  title: 'A case was closed',
  summary: 'A case was closed. Why is told to nobody.',
  key: 'case',
  schema: Type.Object({ ...moved, closedAt: instant }, closed),
  examples: [{ ...example, closedAt: '2026-06-02T11:00:00.000Z' }],
});

export const caseReopened = defineMessage({
  type: 'case.case-reopened.v1',
  title: 'A case was reopened',
  summary: 'A closed case was taken up again.',
  key: 'case',
  schema: Type.Object({ ...moved, reopenedAt: instant }, closed),
  examples: [{ ...example, reopenedAt: '2026-07-01T08:00:00.000Z' }],
});

export const caseLinked = defineMessage({
  type: 'case.case-linked.v1',
  title: 'A case went to the earlier client',
  summary: 'A case that was opened before its concern was linked is now one of the client who came before.',
  key: 'case',
  schema: Type.Object({ ...moved, concernId: id, linkId: id }, closed),
  examples: [
    {
      ...example,
      concernId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b10',
      linkId: '018f3b7e-5f7a-8c4e-9a51-0d6f6f1f4b60',
    },
  ],
});

export const stageCounted = defineMessage({
  type: 'case.stage-counted.v1',
  title: 'A case came to a stage, counted',
  summary: 'The de-identified fact that a case was opened, moved, closed or reopened in a month, under a pseudonym.',
  key: 'fact',
  fact: { plain: ['month', 'stage'], sealed: [] },
  schema: Type.Object({ factId: id, month, stage: code(caseStages) }, closed),
  examples: [{ factId: '7c1f0e9a-3b5d-8f21-8d4e-5a9b2c6d7e01', month: '2026-03', stage: 'planning' }],
});

export const subjectErased = subjectErasedBy('case');
