import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { derivedId } from '@waymark/messaging';
import { Aggregates, clockCall, type Doors } from '@waymark/service-kit';
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

/** Takes what is due, in order; several instances share the work, each row is taken by one of them. */
export async function runConsentClocks({ commands, dataSource, clock }: Doors): Promise<void> {
  let taken = 0;
  do {
    taken = await dataSource.transaction(async (manager) => {
      const rows = await manager.query<DueRow[]>(
        `SELECT client_id, consent_id, due_at FROM consent_clocks WHERE due_at <= $1
         ORDER BY due_at, consent_id LIMIT 50 FOR UPDATE SKIP LOCKED`,
        [clock.now()],
      );
      for (const { client_id, consent_id, due_at } of rows) {
        await commands.execute(new ExpireConsent(client_id, consent_id, due_at));
        await manager.query('DELETE FROM consent_clocks WHERE consent_id = $1', [consent_id]);
      }
      return rows.length;
    });
  } while (taken > 0);
}
