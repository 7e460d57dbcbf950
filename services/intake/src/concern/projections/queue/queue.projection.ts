import type { EntityManager } from 'typeorm';
import type { Projection } from '@waymark/projections';
import type { ConcernEvent } from '../../domain/concern.events.js';
import { QueueEntry } from './queue-entry.entity.js';
import type { StaffMarks } from './staff-marks.js';

/** The queue of concerns. */
export const queueProjection = (marks: StaffMarks): Projection => ({
  name: 'concern-queue',
  version: 2,
  categories: ['concern'],
  apply: async (recorded, manager) => {
    const concernId = recorded.stream.slice('concern-'.length);
    const event = { type: recorded.type, data: recorded.data } as ConcernEvent;
    if (event.type === 'ConcernSubmitted') await manager.insert(QueueEntry, entryOf(concernId, event.data, marks));
    else await change(concernId, event, manager);
  },
});

type Submitted = Extract<ConcernEvent, { type: 'ConcernSubmitted' }>['data'];

function entryOf(concernId: string, data: Submitted, marks: StaffMarks): QueueEntry {
  return {
    concernId,
    clientId: data.clientId,
    channel: data.channel,
    language: data.language ?? 'und',
    country: data.place?.country ?? null,
    dutyStation: data.place?.dutyStation ?? null,
    status: 'submitted',
    priority: null,
    immediateDanger: data.immediateDanger || data.medicalUrgency,
    waiting: true,
    contactAt: new Date(data.contact.at),
    dueAt: data.clock ? new Date(data.clock.dueAt) : null,
    overdue: false,
    escalatedTo: null,
    officerId: null,
    shutOutMarks: (data.exclusions?.people ?? []).map((person) => marks.of(person)),
    shutOutRoles: [...(data.exclusions?.roles ?? [])],
    shutOutUnits: [...(data.exclusions?.units ?? [])],
  };
}

async function change(
  concernId: string,
  event: Exclude<ConcernEvent, { type: 'ConcernSubmitted' }>,
  manager: EntityManager,
): Promise<void> {
  const set = (fields: Partial<QueueEntry>) => manager.update(QueueEntry, { concernId }, fields);
  switch (event.type) {
    case 'FirstResponseOverdue':
      return void (await set({ overdue: true }));
    case 'ConcernEscalated':
      return void (await set({ escalatedTo: event.data.to }));
    case 'ConcernAllocated':
      return void (await set({ officerId: event.data.officerId }));
    case 'FirstResponseGiven':
      await manager.update(QueueEntry, { concernId, status: 'submitted' }, { status: 'acknowledged' });
      return void (await set({ waiting: false }));
    case 'ConcernTriaged':
      return void (await set({ status: 'triaged', priority: event.data.priority }));
    case 'ConcernAccepted':
      return void (await set({ status: 'accepted', waiting: false }));
    case 'ReceiptIssued':
    case 'ReceiptUpgraded':
    case 'FirstResponseDue':
    case 'ReporterMessageReceived':
    case 'OfficerMessageSent':
    case 'GuidanceGiven':
      return;
  }
}
