import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { derivedId } from '@waymark/messaging';
import { Aggregates, clockCall, type Doors, type DueWork } from '@waymark/service-kit';
import { caseAggregate } from '../case.aggregate.js';

interface DueRow {
  readonly case_id: string;
  readonly grant_id: string;
}

/** Nobody has reviewed an emergency access in time. */
export class RingEmergencyReview extends Command<void> {
  constructor(
    readonly caseId: string,
    readonly grantId: string,
  ) {
    super();
  }
}

@CommandHandler(RingEmergencyReview)
export class RingEmergencyReviewHandler implements ICommandHandler<RingEmergencyReview> {
  constructor(private readonly aggregates: Aggregates) {}

  async execute({ caseId, grantId }: RingEmergencyReview): Promise<void> {
    const command = { type: 'MarkEmergencyReviewOverdue', grantId } as const;
    const call = clockCall('case', derivedId('clock', caseId, grantId, command.type));
    await this.aggregates.change(caseAggregate, caseId, command, call);
  }
}

export const emergencyReviewClocks = ({ commands }: Doors): DueWork<DueRow> => ({
  name: 'emergency-review-clocks',
  table: 'emergency_review_clocks',
  key: ['case_id', 'grant_id'],
  perform: ({ case_id, grant_id }) => commands.execute(new RingEmergencyReview(case_id, grant_id)),
});
