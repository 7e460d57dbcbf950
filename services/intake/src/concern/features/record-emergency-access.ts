import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Instant } from '@waymark/event-sourcing';
import { Aggregates, type Call } from '@waymark/service-kit';
import { concernAggregate } from '../concern.aggregate.js';
import type { EmergencyGrant } from '../domain/concern.events.js';

/** Whoever has broken the glass of a case reads its concern too: how to reach the client safely stands there. */
export class RecordEmergencyAccess extends Command<void> {
  constructor(
    readonly concernId: string,
    readonly grant: EmergencyGrant,
    readonly call: Call,
  ) {
    super();
  }
}

@CommandHandler(RecordEmergencyAccess)
export class RecordEmergencyAccessHandler implements ICommandHandler<RecordEmergencyAccess> {
  constructor(private readonly aggregates: Aggregates) {}

  async execute({ concernId, grant, call }: RecordEmergencyAccess): Promise<void> {
    await this.aggregates.change(concernAggregate, concernId, { type: 'RecordEmergencyAccess', grant }, call);
  }
}

/** It was reviewed, and is over with that. */
export class EndEmergencyAccess extends Command<void> {
  constructor(
    readonly concernId: string,
    readonly grantId: string,
    readonly endedAt: Instant,
    readonly call: Call,
  ) {
    super();
  }
}

@CommandHandler(EndEmergencyAccess)
export class EndEmergencyAccessHandler implements ICommandHandler<EndEmergencyAccess> {
  constructor(private readonly aggregates: Aggregates) {}

  async execute({ concernId, grantId, endedAt, call }: EndEmergencyAccess): Promise<void> {
    await this.aggregates.change(concernAggregate, concernId, { type: 'EndEmergencyAccess', grantId, endedAt }, call);
  }
}
