import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { caseMessages, consentMessages, type DataCategory, topicOf, type Unit } from '@waymark/contracts';
import type { Bus, Message } from '@waymark/messaging';
import type { Stage } from '@waymark/stage';
import { eventually } from '@waymark/testing';

const message = (service: string, type: string, subject: string, sequence: number, data: object): Message => ({
  specversion: '1.0',
  id: randomUUID(),
  source: `/waymark/${service}`,
  type,
  subject,
  time: '2026-03-02T08:00:00.000Z',
  datacontenttype: 'application/json',
  sequence,
  correlationid: randomUUID(),
  causationid: randomUUID(),
  data,
});

export interface KnownCase {
  readonly caseId: string;
  readonly clientId: string;
}

/** Lets the service hear of a case's team, as the case service would tell it, and waits until it has. */
export async function tellTeam(
  stage: Stage,
  bus: Bus,
  team: readonly string[],
  { caseId, clientId }: KnownCase = { caseId: randomUUID(), clientId: randomUUID() },
  sequence = 1,
): Promise<KnownCase> {
  const ids = team.map(stage.idOf);
  const data = { caseId, clientId, team: ids, changedAt: '2026-03-02T08:00:00.000Z' };
  const told = message('case', caseMessages.teamChanged.type, caseId, sequence + 1, data);
  if (sequence === 1) {
    const opened = { caseId, clientId, concernId: randomUUID(), officerId: ids[0], openedAt: data.changedAt };
    await bus.publish(topicOf('case'), [message('case', caseMessages.caseOpened.type, caseId, sequence, opened)]);
  }
  await bus.publish(topicOf('case'), [told]);
  await handled(stage, told);
  return { caseId, clientId };
}

/** Lets the service hear whom the reporter of a case shuts out, by marks, as the case service would tell it. */
export async function tellMarks(
  stage: Stage,
  bus: Bus,
  { caseId, clientId }: KnownCase,
  shutOut: (concernId: string) => readonly string[],
  sequence = 3,
): Promise<void> {
  const concernId = randomUUID();
  const data = { caseId, clientId, concernId, officerId: stage.idOf('amina.officer'), shutOut: shutOut(concernId) };
  const openedAt = '2026-03-02T08:00:00.000Z';
  const opened = message('case', caseMessages.caseOpened.type, caseId, sequence, { ...data, openedAt });
  await bus.publish(topicOf('case'), [opened]);
  await handled(stage, opened);
}

/** Lets the service hear that a case was closed or reopened, and waits until it has. */
export async function tellStanding(
  stage: Stage,
  { caseId, clientId }: KnownCase,
  standing: 'closed' | 'reopened',
  sequence = 3,
): Promise<void> {
  const { caseClosed, caseReopened } = caseMessages;
  const moment = '2026-03-02T08:00:00.000Z';
  const [{ type }, at] =
    standing === 'closed' ? [caseClosed, { closedAt: moment }] : [caseReopened, { reopenedAt: moment }];
  const told = message('case', type, caseId, sequence, { caseId, clientId, ...at });
  await stage.busOf('case').publish(topicOf('case'), [told]);
  await handled(stage, told);
}

/** What consent asks for after a withdrawal. */
export const suspensionsRequested = (
  { clientId }: KnownCase,
  consentId: string,
  referralIds: readonly string[],
  sequence = 1,
): Message =>
  message('consent', consentMessages.suspensionsRequested.type, clientId, sequence, {
    clientId,
    consentId,
    referralIds,
    withdrawnAt: '2026-03-02T08:00:00.000Z',
  });

/** What consent says once two persons have decided that a client is erased. */
export const erasureApproved = ({ clientId }: KnownCase, erasureId: string, sequence = 1): Message =>
  message('consent', consentMessages.erasureApproved.type, clientId, sequence, {
    ...{ clientId, erasureId, approvedAt: '2026-03-02T08:00:00.000Z' },
  });

export const handled = (stage: Stage, { id }: Message) =>
  eventually(async () => {
    const rows = await stage.query('referral', 'SELECT 1 FROM inbox WHERE message_id = $1', [id]);
    return rows.length === 1;
  });

/** Text that must not be found anywhere in the clear. */
export const canary = 'Canary-7Q2 she writes: الرجاء عدم الاتصال بالمكتب 🕊️';

export const draftOf = (caseId: string, more: { unit?: Unit; package?: object[] } = {}) => ({
  caseId,
  unit: 'ombudsman',
  service: 'mediation',
  purpose: 'referral',
  urgency: 'urgent',
  package: packageOf('contact', 'matter_summary'),
  ...more,
});

export const packageOf = (...categories: readonly DataCategory[]) =>
  categories.map((category) => ({ category, content: `${category}: ${canary}` }));

export async function eventsOf(stage: Stage, referralId: string): Promise<string[]> {
  const types: string[] = [];
  for await (const { type } of stage.log.readStream(`referral-${referralId}`)) types.push(type);
  return types;
}

/** Rows of a shared database of the stage (`events`, `bus`), as a superuser sees them. */
export async function adminQuery<Row extends object>(
  stage: Stage,
  database: 'events' | 'bus',
  sql: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const connectionString = stage.eventStoreAdminUrl.replace(/_events$/, `_${database}`);
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query<Row>(sql, values)).rows;
  } finally {
    await client.end();
  }
}

/** What was published about a referral, in order. */
export async function told(stage: Stage, referralId: string): Promise<Message[]> {
  const rows = await adminQuery<{ value: Buffer }>(
    stage,
    'bus',
    `SELECT value FROM bus.messages WHERE topic = 'waymark.referral' AND subject = $1 ORDER BY "offset"`,
    [referralId],
  );
  return rows.map(({ value }) => JSON.parse(value.toString('utf8')) as Message);
}
