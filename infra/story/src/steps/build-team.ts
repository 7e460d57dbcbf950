import { randomUUID } from 'node:crypto';
import { demand, demandStatus, type Step } from '../world.js';
import type { Answer } from '../http.js';

/** Two refusals that must not be told apart: the same but for the id of the request. */
export const sameRefusal = (a: Answer, b: Answer): boolean =>
  a.status === b.status && JSON.stringify({ ...a.body, instance: '' }) === JSON.stringify({ ...b.body, instance: '' });

export const buildTeam: Step = {
  title:
    'The officer assesses risk, a supervisor adds a second officer; an officer outside the team cannot tell that the case exists',
  play: async (world) => {
    const { http, caseId } = world;
    const risk = {
      instrument: 'desk-risk',
      instrumentVersion: '1.0',
      levels: { safety: 'medium', retaliation: 'high', workplace: 'medium' },
      overall: 'high',
      immediateActions: 'Agreed a code word and a safe time to call.',
    };
    demandStatus(
      await http.post('case', `/v1/cases/${caseId}/risk-assessments`, { as: 'amina.officer', body: risk }),
      201,
      'assessing risk',
    );
    const outside = await http.get('case', `/v1/cases/${caseId}`, { as: 'lucia.officer' });
    const missing = await http.get('case', `/v1/cases/${randomUUID()}`, { as: 'lucia.officer' });
    demand(
      outside.status === 404 && sameRefusal(outside, missing),
      'an officer outside the team can tell that the case exists',
      outside,
    );
    const refused = await http.post('case', `/v1/cases/${caseId}/risk-assessments`, {
      as: 'lucia.officer',
      body: risk,
    });
    const nowhere = await http.post('case', `/v1/cases/${randomUUID()}/risk-assessments`, {
      as: 'lucia.officer',
      body: risk,
    });
    demand(
      refused.status === 404 && sameRefusal(refused, nowhere),
      'a command from outside the team tells that the case exists',
      refused,
    );
    const staffId = await http.idOf('kwame.officer');
    const added = await http.post('case', `/v1/cases/${caseId}/team-members`, {
      as: 'ingrid.supervisor',
      body: { staffId },
    });
    demand(added.status === 200 || added.status === 201, 'adding a second officer', added);
    demandStatus(
      await http.get('case', `/v1/cases/${caseId}`, { as: 'kwame.officer' }),
      200,
      'the second officer reading the case',
    );
    return 'a second officer joined';
  },
};
