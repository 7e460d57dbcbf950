import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { derivedId } from '@waymark/messaging';
import { Aggregates, clockCall, type Doors, type DueWork } from '@waymark/service-kit';
import { consentRecordAggregate } from '../consent-record.aggregate.js';

interface DueRow {
  readonly client_id: string;
  readonly consent_id: string;
  readonly due_at: Date;
}

/** Makes an event of a validity that has run out. Decisions never wait for it: they look at the time themselves. */
export class ExpireConsent extends Command<void> {
  constructor(
    readonly clientId: string,
    readonly consentId: string,
    readonly dueAt: Date,
  ) {
    super();
  }
}

@CommandHandler(ExpireConsent)
export class ExpireConsentHandler implements ICommandHandler<ExpireConsent> {
  constructor(private readonly aggregates: Aggregates) {}

  async execute({ clientId, consentId, dueAt }: ExpireConsent): Promise<void> {
    const call = clockCall('consent', derivedId('clock', consentId, 'ExpireConsent', dueAt.toISOString()));
    await this.aggregates.change(consentRecordAggregate, clientId, { type: 'ExpireConsent', consentId }, call);
  }
}

export const consentClocks = ({ commands }: Doors): DueWork<DueRow> => ({
  name: 'consent-clocks',
  table: 'consent_clocks',
  key: ['consent_id'],
  perform: ({ client_id, consent_id, due_at }) => commands.execute(new ExpireConsent(client_id, consent_id, due_at)),
});
