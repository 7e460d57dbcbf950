import { demand, demandStatus, type Step, until } from '../world.js';

export const acceptConcern: Step = {
  title: 'The officer triages, explains avenues and accepts; the case service opens exactly one case',
  play: async (world) => {
    const { http, concernId } = world;
    const as = 'amina.officer';
    const early = await http.post('intake', `/v1/concerns/${concernId}/acceptance`, { as });
    demand(
      early.status === 409 && early.body.code === 'triage_missing',
      'accepting before triage is not refused',
      early,
    );
    const triage = { priority: 'urgent', riskOfRetaliation: true, mandatoryReportingExplained: true };
    demandStatus(await http.post('intake', `/v1/concerns/${concernId}/triage`, { as, body: triage }), 200, 'triage');
    const guidance = { avenues: ['ombudsman_mediation', 'psychosocial_support', 'no_action_now'], decision: 'proceed' };
    demandStatus(
      await http.post('intake', `/v1/concerns/${concernId}/guidance`, { as, body: guidance }),
      200,
      'explaining avenues',
    );
    demandStatus(await http.post('intake', `/v1/concerns/${concernId}/acceptance`, { as }), 200, 'accepting');
    const twice = await http.post('intake', `/v1/concerns/${concernId}/acceptance`, { as });
    demand(twice.status === 409 && twice.body.code === 'concern_closed', 'accepting twice is not refused', twice);
    const found = await until('the case opens', 30, async () => {
      const answer = await http.get('case', `/v1/cases?concernId=${concernId}`, { as });
      return answer.status === 200 && answer.body.items.length > 0 ? answer : undefined;
    });
    demand(found.body.items.length === 1, 'there is more than one case', found);
    world.caseId = found.body.items[0].caseId;
    return `case ${found.body.items[0].caseCode}`;
  },
};
