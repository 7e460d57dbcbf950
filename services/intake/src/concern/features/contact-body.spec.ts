import { describe, expect, it } from '@jest/globals';
import { contactOf, KnownTimeBody, type ContactBody } from './contact-body.js';

const nothing = { shutOut: [] };
const told: ContactBody = {
  kind: 'concern_report',
  identity: 'anonymous',
  reporterRelation: 'affected_person',
  matter: ['harassment'],
  language: 'fil',
  immediateDanger: false,
};

describe('a time of which not all is known', () => {
  const occurred = (at: string, precision: KnownTimeBody['precision']) =>
    contactOf({ ...told, occurred: { at, precision } }, 'portal', nothing).account.occurred?.at;

  it.each([
    ['2026-11-29T00:00:00+08:00', 'day', '2026-11-29T00:00:00.000Z'],
    ['2026-11-28T22:00:00-05:00', 'day', '2026-11-28T00:00:00.000Z'],
    ['2026-11-01T00:00:00+08:00', 'month', '2026-11-01T00:00:00.000Z'],
    ['2026-10-31T22:00:00-05:00', 'month', '2026-10-01T00:00:00.000Z'],
    ['2026-11-29T01:30:00+08:00', 'minute', '2026-11-28T17:30:00.000Z'],
  ] as const)('is when it happened as the person has told it: %s to the %s', (at, precision, kept) => {
    expect(occurred(at, precision)).toBe(kept);
  });

  it('is counted in the month that was told, and keeps its moment where a clock runs by it', () => {
    const contact = { at: '2026-11-01T00:00:00+08:00' };
    expect(KnownTimeBody.toKnownTime({ ...contact, precision: 'month' }).at).toBe('2026-11-01T00:00:00.000Z');
    expect(KnownTimeBody.toKnownTime({ ...contact, precision: 'day' }).at).toBe('2026-10-31T16:00:00.000Z');
  });
});
