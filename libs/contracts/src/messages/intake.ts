import { Type } from '@sinclair/typebox';
import { behaviours, channels, matters } from '../code-lists.js';
import { defineMessage } from '../message-contract.js';
import { closed, code, country, id, instant, month, staffId, subdivision } from '../schemas.js';
import { subjectErasedBy } from './subject-erased.js';

export const concernAccepted = defineMessage({
  type: 'intake.concern-accepted.v1',
  title: 'A concern was accepted',
  summary: 'A concern was accepted: the case service opens exactly one case for it.',
  key: 'concern',
  schema: Type.Object({ concernId: id, clientId: id, officerId: staffId, acceptedAt: instant }, closed),
  examples: [
    {
      concernId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b10',
      clientId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b11',
      officerId: 'amina.officer',
      acceptedAt: '2026-03-02T09:30:00.000Z',
    },
  ],
});

export const contactCounted = defineMessage({
  type: 'intake.contact-counted.v1',
  title: 'A contact was counted',
  summary:
    'The de-identified fact of one contact: coarsened codes under a pseudonym that cannot be joined back to the concern.',
  key: 'fact',
  isFact: true,
  schema: Type.Object(
    {
      factId: id,
      month,
      channel: code(channels),
      country: Type.Optional(country),
      subdivision: Type.Optional(subdivision),
      matters: Type.Array(code(matters)),
      behaviours: Type.Array(code(behaviours)),
    },
    closed,
  ),
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

export const subjectErased = subjectErasedBy('intake');
