import { Type } from '@sinclair/typebox';
import {
  behaviours,
  channels,
  linkParts,
  matters,
  personsOfConcern,
  responseBands,
  withdrawalWays,
} from '../code-lists.js';
import { defineMessage } from '../message-contract.js';
import {
  closed,
  code,
  country,
  id,
  instant,
  month,
  shutOutMarks as shutOut,
  staffId,
  subdivision,
} from '../schemas.js';
import { subjectErasedBy } from './subject-erased.js';

export const concernAccepted = defineMessage({
  type: 'intake.concern-accepted.v1',
  title: 'A concern was accepted',
  summary: 'A concern was accepted: the case service opens exactly one case for it.',
  key: 'concern',
  schema: Type.Object({ concernId: id, clientId: id, officerId: staffId, acceptedAt: instant, shutOut }, closed),
  examples: [
    {
      concernId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b10',
      clientId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b11',
      officerId: 'amina.officer',
      acceptedAt: '2026-03-02T09:30:00.000Z',
      shutOut: ['5f0c6f1e1d5c8a3e8f006a2f0e9d1c77'],
    },
  ],
});

export const caseRequested = defineMessage({
  type: 'intake.case-requested.v1',
  title: 'The case of a concern is asked for again',
  summary:
    'Nothing has come back about the case of an accepted concern: the case service opens it if it has not, and says so either way.',
  key: 'concern',
  schema: Type.Object({ concernId: id, clientId: id, officerId: staffId, shutOut }, closed),
  examples: [
    {
      concernId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b10',
      clientId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b11',
      officerId: 'amina.officer',
    },
  ],
});

const link = { concernId: id, linkId: id, clientId: id, earlierClientId: id };

export const concernLinked = defineMessage({
  type: 'intake.concern-linked.v1',
  title: 'A concern was linked to a client who came before',
  summary:
    'The client of this concern is a person who came before, under another id: consent keeps both for one person, unless either is being erased.',
  key: 'concern',
  schema: Type.Object(link, closed),
  examples: [
    {
      concernId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b10',
      linkId: '018f3b7e-5f7a-8c4e-9a51-0d6f6f1f4b60',
      clientId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b11',
      earlierClientId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b12',
    },
  ],
});

export const linkRequested = defineMessage({
  type: 'intake.link-requested.v1',
  title: 'A link to an earlier client is to be taken along',
  summary: 'Asks consent once more, or the case that was opened before the link: whoever is named in `of` answers.',
  key: 'concern',
  schema: Type.Object({ ...link, of: code(linkParts) }, closed),
  examples: [
    {
      concernId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b10',
      linkId: '018f3b7e-5f7a-8c4e-9a51-0d6f6f1f4b60',
      clientId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b11',
      earlierClientId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b12',
      of: 'case',
    },
  ],
});

export const reporterErasureRequested = defineMessage({
  type: 'intake.reporter-erasure-requested.v1',
  title: 'The erasure of a reporter was asked for',
  summary:
    'Somebody who reported a concern, and has no receipt of its client, asks to be erased: consent keeps the request, for another person to approve.',
  key: 'concern',
  schema: Type.Object(
    {
      concernId: id,
      clientId: id,
      reporterId: id,
      way: code(withdrawalWays),
      /** Who asked, or wrote down that they were asked. */
      requestedBy: staffId,
      shutOut,
    },
    closed,
  ),
  examples: [
    {
      concernId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b10',
      clientId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b11',
      reporterId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b13',
      way: 'oral',
      requestedBy: 'amina.officer',
      shutOut: ['5f0c6f1e1d5c8a3e8f006a2f0e9d1c77'],
    },
  ],
});

/** Of whom the retention rule speaks, in which concern. */
const personsKept = {
  concernId: id,
  clientId: id,
  reporterId: id,
  of: Type.Array(code(personsOfConcern), { minItems: 1 }),
};
const ofThisConcern = {
  concernId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b10',
  clientId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b11',
  reporterId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b13',
  of: [...personsOfConcern],
};

export const retentionEnded = defineMessage({
  type: 'intake.retention-ended.v1',
  title: 'What was told in a concern has been kept for long enough',
  summary:
    'Nothing has happened in a concern for as long as the retention rule says: consent asks for the erasure of these persons, for somebody to approve.',
  key: 'concern',
  schema: Type.Object({ ...personsKept, shutOut }, closed),
  examples: [{ ...ofThisConcern, shutOut: ['5f0c6f1e1d5c8a3e8f006a2f0e9d1c77'] }],
});

export const retentionResumed = defineMessage({
  type: 'intake.retention-resumed.v1',
  title: 'Something has happened again in a concern that had been kept for long enough',
  summary: 'Somebody has written or taken it up: what the retention rule has asked for of these persons passes.',
  key: 'concern',
  schema: Type.Object(personsKept, closed),
  examples: [ofThisConcern],
});

/** What is counted of a contact, but for where the log tells it. */
const counted = {
  country: Type.Optional(country),
  subdivision: Type.Optional(subdivision),
  matters: Type.Array(code(matters)),
  behaviours: Type.Array(code(behaviours)),
};
const countedSealed = Object.keys(counted);

export const contactCountedFirst = defineMessage({
  type: 'intake.contact-counted.v1',
  title: 'A contact was counted, with its channel',
  summary: 'The de-identified fact of one contact, as it was published until its channel was left out.',
  key: 'fact',
  fact: { plain: ['month', 'channel'], sealed: countedSealed },
  retired: true,
  schema: Type.Object({ factId: id, month, channel: code(channels), ...counted }, closed),
  examples: [
    {
      factId: '5f0c6f1e-1d5c-8a3e-8f00-6a2f0e9d1c77',
      month: '2021-02',
      channel: 'helpline',
      country: 'AR',
      subdivision: 'AR-B',
      matters: ['domestic_violence'],
      behaviours: ['psychological_violence', 'economic_violence'],
    },
  ],
});

export const contactCounted = defineMessage({
  type: 'intake.contact-counted.v2',
  title: 'A contact was counted',
  summary:
    'The de-identified fact of one contact: coarsened codes under a pseudonym that cannot be joined back to the concern.',
  key: 'fact',
  fact: { plain: ['month'], sealed: countedSealed },
  schema: Type.Object({ factId: id, month, ...counted }, closed),
  examples: [
    {
      factId: '5f0c6f1e-1d5c-8a3e-8f00-6a2f0e9d1c77',
      month: '2021-02',
      country: 'AR',
      subdivision: 'AR-B',
      matters: ['domestic_violence'],
      behaviours: ['psychological_violence', 'economic_violence'],
    },
  ],
});

export const responseAwaited = defineMessage({
  type: 'intake.response-awaited.v1',
  title: 'A contact awaits its first response',
  summary:
    'The de-identified fact that a contact is to be answered, under a pseudonym of its own, which joins neither the concern nor the contact that was counted.',
  key: 'fact',
  fact: { plain: ['month', 'channel', 'measurable'], sealed: [] },
  schema: Type.Object(
    {
      factId: id,
      /** Of the contact. */
      month,
      channel: code(channels),
      /** Whether the contact is known to the minute: only then can be said how long the response took. */
      measurable: Type.Boolean(),
    },
    closed,
  ),
  examples: [
    { factId: '0b6d8a52-6a4f-8e0c-9c55-3f1a7d0e2b44', month: '2026-02', channel: 'helpline', measurable: true },
  ],
});

export const responseGiven = defineMessage({
  type: 'intake.response-given.v1',
  title: 'A contact was answered',
  summary:
    'The de-identified fact that a person gave the first response, and how long it took as far as that is known.',
  key: 'fact',
  fact: { plain: ['band'], sealed: [] },
  schema: Type.Object({ factId: id, band: Type.Optional(code(responseBands)) }, closed),
  examples: [{ factId: '0b6d8a52-6a4f-8e0c-9c55-3f1a7d0e2b44', band: 'within_4_hours' }],
});

export const subjectErased = subjectErasedBy('intake');
