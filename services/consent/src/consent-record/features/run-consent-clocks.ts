import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { derivedId } from '@waymark/messaging';
import { Aggregates, clockCall, type Doors, type DueWork } from '@waymark/service-kit';
import { consentRecordAggregate } from '../consent-record.aggregate.js';

interface DueRow {
  readonly client_id: string;
  readonly consent_id: string;
  readonly is_override: boolean;
  readonly due_at: Date;
}

/** Makes an event of the validity of a consent or an override that has run out. Decisions never wait for it: they look at the time themselves. */
export class ExpireConsent extends Command<void> {
  constructor(
    readonly clientId: string,
    /** The consent, or the override. */
    readonly id: string,
    readonly of: 'consent' | 'override',
    readonly dueAt: Date,
  ) {
    super();
  }
}

@CommandHandler(ExpireConsent)
export class ExpireConsentHandler implements ICommandHandler<ExpireConsent> {
  constructor(private readonly aggregates: Aggregates) {}

  async execute({ clientId, id, of, dueAt }: ExpireConsent): Promise<void> {
    const call = clockCall('consent', derivedId('clock', id, 'ExpireConsent', dueAt.toISOString()));
    const command =
      of === 'consent'
        ? ({ type: 'ExpireConsent', consentId: id } as const)
        : ({ type: 'ExpireOverride', overrideId: id } as const);
    await this.aggregates.change(consentRecordAggregate, clientId, command, call);
  }
}

export const consentClocks = ({ commands }: Doors): DueWork<DueRow> => ({
  name: 'consent-clocks',
  table: 'consent_clocks',
  key: ['consent_id'],
  perform: ({ client_id, consent_id, is_override, due_at }) =>
    commands.execute(new ExpireConsent(client_id, consent_id, is_override ? 'override' : 'consent', due_at)),
});
