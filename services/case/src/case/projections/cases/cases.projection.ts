import type { Projection } from '@waymark/projections';
import type { CaseEvent } from '../../domain/case.events.js';
import { CaseEntry } from './case-entry.entity.js';

/** Cases with their teams. Holds nothing that is sealed. */
export const casesProjection: Projection = {
  name: 'cases',
  version: 1,
  categories: ['case'],
  apply: async (recorded, manager) => {
    const caseId = recorded.stream.slice('case-'.length);
    const set = (fields: Partial<CaseEntry>) => manager.update(CaseEntry, { caseId }, fields);
    const event = { type: recorded.type, data: recorded.data } as CaseEvent;
    switch (event.type) {
      case 'CaseOpened': {
        const { team, openedAt, ...data } = event.data;
        await manager.insert(CaseEntry, {
          ...data,
          stage: 'engagement',
          team: [...team],
          reviewDueAt: null,
          openedAt: new Date(openedAt),
        });
        return;
      }
      case 'OfficerAssigned':
        await set({ officerId: event.data.officerId, team: [...event.data.team] });
        return;
      case 'TeamMemberAdded':
      case 'TeamMemberRemoved':
        await set({ team: [...event.data.team] });
        return;
      case 'StageMoved':
        await set({ stage: event.data.to });
        return;
      case 'RiskAssessed':
        await set({ reviewDueAt: new Date(event.data.reviewDueAt) });
        return;
      case 'NoteWritten':
        return;
    }
  },
};
