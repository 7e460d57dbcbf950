import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { CommandBus } from '@nestjs/cqrs';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Aggregates, Clock, RetentionRule, Views } from '@waymark/service-kit';
import { DataSource } from 'typeorm';
import { caseClosed, caseOpened, type ConsentStage, startConsentStage, toOmbudsman } from './consent.fixture.js';
import { linkIds } from './erasing.fixture.js';
import { ClientTeams } from './consent-record/client-teams.js';
import { RequestDueErasuresHandler } from './consent-record/features/request-due-erasures.js';

jest.setTimeout(120_000);

const officer = 'amina.officer';

describe('the retention rule of consent, run at its own moment', () => {
  let stage: ConsentStage;
  beforeAll(async () => {
    // The service itself has no rule: the specs run it.
    stage = await startConsentStage({ logLevel: 'fatal' });
  });
  beforeEach(() => stage.clock.set(new Date().toISOString()));
  afterAll(() => stage?.close());

  /** Somebody who gave a consent, and whose case is closed. */
  const silent = async (clientId: string = randomUUID()): Promise<string> => {
    const aCase = { caseId: randomUUID(), clientId };
    await stage.tell(caseOpened({ ...aCase, concernId: randomUUID(), officerId: stage.idOf(officer) }, []));
    expect(await consents(clientId)).toMatchObject({ status: 201 });
    await stage.tell(caseClosed(aCase, stage.clock.now(), 2));
    return clientId;
  };
  const consents = (clientId: string) =>
    stage.post(`/v1/clients/${clientId}/consents`, { as: officer, body: toOmbudsman(stage) });
  const monthsPass = async (): Promise<void> => {
    await pause(20);
    const later = new Date();
    later.setUTCMonth(later.getUTCMonth() + 7);
    stage.clock.set(later.toISOString());
  };
  /** What happens `meanwhile` comes after the rule has found who is due, and before it asks. */
  const run = (meanwhile: () => Promise<unknown> = () => Promise.resolve()): Promise<void> => {
    const { app } = stage.running('consent');
    const found = app.get(DataSource);
    const dataSource = {
      query: async (sql: string, parameters: unknown[]) => {
        const rows: unknown = await found.query(sql, parameters);
        // Before it waits for the views it looks for one only.
        if (parameters[2] === 100) await meanwhile();
        return rows;
      },
    } as DataSource;
    const [commands, clock, aggregates] = [app.get(CommandBus), app.get(Clock), app.get(Aggregates)];
    const [rule, teams, views] = [new RetentionRule(6), app.get(ClientTeams), app.get(Views)];
    return new RequestDueErasuresHandler(commands, dataSource, clock, rule, aggregates, teams, views).execute();
  };
  const typesOf = async (clientId: string) => (await stage.eventsOf(clientId)).map(({ type }) => type);

  it('asks for nobody who has decided something just then', async () => {
    const clientId = await silent();
    await monthsPass();
    let acted: unknown;
    await run(async () => (acted ??= await consents(clientId)));
    expect(acted).toMatchObject({ status: 201 });
    expect(await typesOf(clientId)).not.toContain('ErasureRequested');
  });

  it('finds who has come again by another id since it asked, though the clock of that instance is behind', async () => {
    const [clientId, otherId] = [await silent(), await silent()];
    await linkIds(stage, otherId, clientId);
    await monthsPass();
    await run();
    expect(await typesOf(clientId)).toContain('ErasureRequested');
    stage.clock.advance({ minutes: -3 });
    expect(await consents(otherId)).toMatchObject({ status: 201 });
    stage.clock.advance({ minutes: 3 });
    expect(await stage.post(`/v1/clients/${clientId}/erasure-approval`, { as: 'ingrid.supervisor' })).toMatchObject({
      ...{ status: 409, body: { code: 'erasure_no_longer_due' } },
    });
  });

  it('asks once for who stays silent', async () => {
    const clientId = await silent();
    await monthsPass();
    await Promise.all([run(), run()]);
    expect((await typesOf(clientId)).filter((type) => type === 'ErasureRequested')).toHaveLength(1);
  });
});
