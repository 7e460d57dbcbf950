import { describe, expect, it } from '@jest/globals';
import { EventStoreError, type EventStore, type EventToAppend } from '@waymark/event-store';
import { FakeClock } from '@waymark/testing';
import { createAccessLog, type AccessRecord } from './access-log.js';

const reading: AccessRecord = {
  principal: { kind: 'staff', id: 'officer-1', roles: ['officer'], unit: 'support_desk' },
  subjectStream: 'concern-0197d000-0000-7000-8000-000000000001',
  clientId: '0197d000-0000-7000-8000-000000000002',
  purpose: 'triage',
  ground: 'allocation',
  what: 'narrative',
  outcome: 'allowed',
  correlationId: 'r-1',
};

function recording() {
  const appended: { readonly stream: string; readonly event: EventToAppend }[] = [];
  const store: Pick<EventStore, 'append'> = {
    async append(stream, _expected, events) {
      appended.push(...events.map((event) => ({ stream, event })));
      return { revision: 0, position: 1n, repeated: false };
    },
  };
  return { appended, log: createAccessLog({ store, category: 'intake_access', clock: new FakeClock() }) };
}

describe('The access log', () => {
  it('records who read what, for what and on which ground, beside what was read', async () => {
    const { appended, log } = recording();
    await log.record(reading);
    expect(appended).toEqual([
      {
        stream: 'intake_access-0197d000-0000-7000-8000-000000000001',
        event: {
          id: expect.stringMatching(/^[0-9a-f-]{36}$/),
          type: 'ClientDataRead',
          schemaVersion: 1,
          data: {
            resource: reading.subjectStream,
            what: 'narrative',
            ground: 'allocation',
            outcome: 'allowed',
            clientId: '0197d000-0000-7000-8000-000000000002',
          },
          metadata: {
            actor: { kind: 'staff', id: 'officer-1' },
            unit: 'support_desk',
            purpose: 'triage',
            correlationId: 'r-1',
            causationId: 'r-1',
            occurredAt: '2026-03-02T08:00:00.000Z',
          },
        },
      },
    ]);
  });

  it('records under a given id, so that the log takes the same record once', async () => {
    const { appended, log } = recording();
    const eventId = '0197d000-0000-8000-8000-000000000003';
    await log.record({ ...reading, eventId });
    expect(appended[0]?.event.id).toBe(eventId);
  });

  it('records what a list showed, alone in a stream: no other event, and no other reader, waits for it', async () => {
    const { appended, log } = recording();
    const eventId = '0197d000-0000-8000-8000-000000000004';
    const shown = ['concern-0197d000-0000-7000-8000-000000000001', 'concern-0197d000-0000-7000-8000-000000000005'];
    await log.recordList({ ...reading, what: 'ListConcerns', ground: 'desk', shown, eventId });
    expect(appended).toEqual([
      {
        stream: `intake_access-${eventId}`,
        event: {
          ...{ id: eventId, type: 'ClientDataListed', schemaVersion: 1 },
          data: { what: 'ListConcerns', ground: 'desk', shown },
          metadata: expect.objectContaining({ actor: { kind: 'staff', id: 'officer-1' }, purpose: 'triage' }),
        },
      },
    ]);
  });

  it('records refusals as well', async () => {
    const { appended, log } = recording();
    await log.record({ ...reading, outcome: 'refused', ground: 'not_on_team' });
    expect(appended[0]?.event.data).toMatchObject({ outcome: 'refused', ground: 'not_on_team' });
  });

  it('fails the read when it cannot record it', async () => {
    const store: Pick<EventStore, 'append'> = {
      append: () => Promise.reject(new EventStoreError('unavailable', 'gone')),
    };
    const log = createAccessLog({ store, category: 'intake_access' });
    await expect(log.record(reading)).rejects.toMatchObject({ code: 'unavailable' });
  });
});
