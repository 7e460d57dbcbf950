import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { referralMessages } from '@waymark/contracts';
import { payloadsOf } from '@waymark/messaging';
import type { OpenedEvent } from '@waymark/projections';
import { Secrets } from '@waymark/service-kit';
import { publishFacts } from './publish.js';

const referralId = randomUUID();
const move = { caseId: randomUUID(), clientId: randomUUID(), unit: 'ombudsman', service: 'mediation' };
const recorded = (type: string, data: object): OpenedEvent => ({
  ...{ position: 1n, stream: `referral-${referralId}`, category: 'referral', revision: 0, id: randomUUID(), type },
  ...{
    data: { ...move, ...data },
    schemaVersion: 1,
    recordedAt: '2026-04-01T00:00:01.000Z',
    hash: '',
    stored: { data: '', metadata: '' },
    erased: [],
  },
  metadata: {
    ...{ actor: { kind: 'staff', id: 'amina' }, correlationId: randomUUID(), causationId: randomUUID() },
    occurredAt: '2026-03-31T23:59:59.999Z',
  },
});
const secrets = new Secrets(Buffer.alloc(32, 7));
const factsOf = (type: string, data: object = {}) => payloadsOf(publishFacts(recorded(type, data), { secrets }));

describe('the facts of a referral', () => {
  it('begin when it is sent, with month, unit and service', () => {
    const [fact, ...others] = factsOf('ReferralSent');
    expect(others).toEqual([]);
    expect(fact).toEqual({
      ...{ type: referralMessages.referralCounted.type, subject: expect.any(String), unlinked: true },
      time: '2026-03-01T00:00:00.000Z',
      data: { factId: fact?.subject, month: '2026-03', unit: 'ombudsman', service: 'mediation' },
    });
  });

  it('tell what became of it, under the same name, a correction included', () => {
    const sent = factsOf('ReferralSent')[0]?.subject;
    const results: [string, object, string][] = [
      ['ReferralCompleted', { outcome: 'service_provided' }, 'service_provided'],
      ['ReferralOutcomeCorrected', { outcome: 'not_provided' }, 'not_provided'],
      ['ReferralNotAttended', {}, 'not_attended'],
      ['ReferralDeclined', { reason: 'no_capacity' }, 'declined'],
      ['ReferralDeclinedByClient', {}, 'declined_by_client'],
      ['ReferralSuspended', {}, 'consent_withdrawn'],
      ['ReferralRevoked', {}, 'revoked'],
    ];
    for (const [type, data, result] of results)
      expect(factsOf(type, data)).toEqual([
        expect.objectContaining({ subject: sent, unlinked: true, data: { factId: sent, result } }),
      ]);
  });

  it('say nothing of what never left, nor of steps on the way, and nothing by which to find anybody', () => {
    for (const type of ['ReferralDrafted', 'ReferralBlocked', 'ReferralAcknowledged', 'ReferralAccepted'])
      expect(factsOf(type)).toEqual([]);
    expect(factsOf('ReferralServiceBegun')).toEqual([]);
    const told = JSON.stringify([factsOf('ReferralSent'), factsOf('ReferralRevoked')]);
    for (const id of [referralId, move.caseId, move.clientId, 'amina']) expect(told).not.toContain(id);
  });
});
