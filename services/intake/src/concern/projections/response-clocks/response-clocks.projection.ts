import type { EntityManager } from 'typeorm';
import type { Projection } from '@waymark/projections';
import type { ConcernEvent, ResponseClock } from '../../domain/concern.events.js';

/** What falls due for each concern that waits for a first response. Sends nothing itself: a rebuild rings no bell. */
export const responseClocksProjection: Projection = {
  name: 'response-clocks',
  version: 1,
  categories: ['concern'],
  apply: async (recorded, manager) => {
    const concernId = recorded.stream.slice('concern-'.length);
    const event = { type: recorded.type, data: recorded.data } as ConcernEvent;
    switch (event.type) {
      case 'ConcernSubmitted':
        if (event.data.clock) await start(concernId, event.data.clock, manager);
        return;
      case 'FirstResponseDue':
        return stop(concernId, ['WarnOfFirstResponseDue'], manager);
      case 'FirstResponseOverdue':
        return stop(concernId, ['WarnOfFirstResponseDue', 'MarkFirstResponseOverdue'], manager);
      case 'ConcernEscalated':
        if (event.data.to === 'head') await stop(concernId, ['EscalateToHead'], manager);
        return;
      case 'FirstResponseGiven':
        return stop(concernId, ['WarnOfFirstResponseDue', 'MarkFirstResponseOverdue', 'EscalateToHead'], manager);
      case 'ReceiptIssued':
      case 'ReceiptUpgraded':
      case 'ConcernAllocated':
      case 'ReporterMessageReceived':
      case 'OfficerMessageSent':
      case 'ConcernTriaged':
      case 'GuidanceGiven':
      case 'ConcernAccepted':
        return;
    }
  },
};

async function start(
  concernId: string,
  { warnAt, dueAt, escalateToHeadAt }: ResponseClock,
  manager: EntityManager,
): Promise<void> {
  await manager.query(
    `INSERT INTO response_clocks (concern_id, command, due_at)
     VALUES ($1, 'WarnOfFirstResponseDue', $2), ($1, 'MarkFirstResponseOverdue', $3), ($1, 'EscalateToHead', $4)`,
    [concernId, warnAt, dueAt, escalateToHeadAt],
  );
}

async function stop(concernId: string, commands: readonly string[], manager: EntityManager): Promise<void> {
  await manager.query('DELETE FROM response_clocks WHERE concern_id = $1 AND command = ANY($2)', [concernId, commands]);
}
