import { ApiProperty } from '@nestjs/swagger';
import { caseStages, type CaseStage } from '@waymark/contracts';
import { type Done, done, notFound, type Written } from '@waymark/service-kit';
import { type CaseEvent, nothingKept } from '../domain/case.events.js';
import type { CaseState } from '../domain/case.state.js';

/** Says in an answer that only the deed itself went into the log. */
export const NothingKept = (): PropertyDecorator =>
  ApiProperty({ required: false, description: 'The client was erased: nothing was kept of what you said' });

/** What a command on a case answers. */
export class CaseChanged {
  @ApiProperty({ format: 'uuid' }) caseId: string;
  @ApiProperty({ enum: caseStages }) stage: CaseStage;
  @ApiProperty() officerId: string;
  @ApiProperty({ type: [String], description: 'The officer first.' }) team: string[];
  @ApiProperty({ type: [String], description: 'What this command added to the log.' }) events: string[];
  @NothingKept() erased?: boolean;
}

/** Answers a command with the case as it is now. */
export function caseChanged(written: Written<CaseState, CaseEvent>): Done<CaseChanged> {
  const { id, state, events } = written;
  if (state.status === 'none') throw notFound();
  const { stage, officerId, team } = state;
  return done(written, {
    ...{ caseId: id, stage, officerId, team: [...team], events: events.map(({ type }) => type) },
    ...(events.some(nothingKept) ? { erased: true } : {}),
  });
}
