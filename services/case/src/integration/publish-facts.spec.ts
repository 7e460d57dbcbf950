import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { caseMessages } from '@waymark/contracts';
import { payloadsOf } from '@waymark/messaging';
import type { OpenedEvent } from '@waymark/projections';
import { Secrets } from '@waymark/service-kit';
import { publishFacts } from './publish.js';

const caseId = randomUUID();
const recorded = (type: string, data: object): OpenedEvent => ({
  ...{ position: 1n, stream: `case-${caseId}`, category: 'case', revision: 0, id: randomUUID(), type, data },
  ...{
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
const factsOf = (type: string, data: object = {}, from = secrets) =>
  payloadsOf(publishFacts(recorded(type, data), { secrets: from }));

describe('the facts of a case', () => {
  it('tell month and stage whenever it is opened, moved, closed or reopened, and nothing else', () => {
    const events: [string, object, string][] = [
      ['CaseOpened', { caseId, clientId: randomUUID(), officerId: 'amina', team: ['amina'] }, 'engagement'],
      ['StageMoved', { from: 'engagement', to: 'planning' }, 'planning'],
      ['CaseClosed', { stage: 'planning', closureReason: 'relocated' }, 'closed'],
      ['CaseReopened', { stage: 'planning', reason: 'She came back.' }, 'planning'],
    ];
    for (const [type, data, stage] of events) {
      const [fact, ...others] = factsOf(type, data);
      expect(others).toEqual([]);
      expect(fact).toEqual({
        ...{ type: caseMessages.stageCounted.type, subject: expect.any(String), unlinked: true },
        ...{ time: '2026-03-01T00:00:00.000Z', data: { factId: fact?.subject, month: '2026-03', stage } },
      });
    }
    for (const type of ['RiskAssessed', 'NoteWritten', 'OfficerAssigned', 'TeamMemberAdded', 'TeamMemberRemoved'])
      expect(factsOf(type)).toEqual([]);
  });

  it('have one name for a case, which nobody finds without the secret', () => {
    const nameOf = (from: Secrets) => factsOf('CaseOpened', {}, from)[0]?.subject;
    expect(nameOf(secrets)).toBe(factsOf('CaseReopened', { stage: 'planning' })[0]?.subject);
    expect(nameOf(new Secrets(Buffer.alloc(32, 8)))).not.toBe(nameOf(secrets));
    expect(nameOf(secrets)).not.toBe(caseId);
  });
});
