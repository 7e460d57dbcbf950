import { keepCaseTeams } from '@waymark/service-kit';

/** Who works on which client's case; client-teams.ts reads it. */
export const consumes = [keepCaseTeams];
