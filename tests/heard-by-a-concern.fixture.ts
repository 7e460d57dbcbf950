import { expect } from '@jest/globals';
import type { Stage } from '@waymark/stage';
import { eventually } from '@waymark/testing';

/** The last event of a type that a concern has, once it says this. */
async function hasHeard(stage: Stage, concernId: string, type: string, says: object): Promise<void> {
  await eventually(async () => {
    const told: unknown[] = [];
    for await (const event of stage.log.readStream(`concern-${concernId}`))
      if (event.type === type) told.push(event.data);
    expect(told.at(-1)).toMatchObject(says);
  });
}

/** Resolves once a concern has heard that these work on its case, the officer first, and nobody else. */
export const heardOfTeam = (stage: Stage, concernId: string, ...team: readonly string[]): Promise<void> =>
  hasHeard(stage, concernId, 'TeamOfConcernChanged', { team: team.map((who) => stage.idOf(who)) });

/** Resolves once a concern has heard that somebody has recused from its case. */
export const heardOfRecusal = (stage: Stage, concernId: string, who: string): Promise<void> =>
  hasHeard(stage, concernId, 'OfficerRecusedFromConcern', { staffId: stage.idOf(who) });
