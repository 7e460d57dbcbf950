import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { createReceiptSessions, generateReceiptKey } from '@waymark/access';
import { caseMessages, topicOf } from '@waymark/contracts';
import type { RecordedEvent } from '@waymark/event-store';
import type { Message } from '@waymark/messaging';
import { type Answer, type AskOptions, type Stage, startStage } from '@waymark/stage';
import { eventually } from '@waymark/testing';
import { consent } from './consent.service.js';

/** The consent service, with the case service's messages and the intake service's receipts supplied. */
export interface ConsentStage extends Stage {
  /** Says as the case service that these people work on a case of the client, and waits until it is known. */
  team(clientId: string, usernames: readonly string[]): Promise<Message>;
  publish(...messages: readonly Message[]): Promise<void>;
  /** Publishes, and waits until it is known. */
  tell(message: Message): Promise<void>;
  /** Session of whoever reported for this client; of the client themself with a client receipt. */
  receipt(clientId: string, kind: 'client' | 'reporter'): Promise<string>;
  /** Session of somebody who reported and is not the client. */
  receiptOfReporter(reporterId: string): Promise<string>;
  get(path: string, options?: AskOptions): Promise<Answer>;
  post(path: string, options?: AskOptions): Promise<Answer>;
  eventsOf(clientId: string): Promise<readonly RecordedEvent[]>;
}

export async function startConsentStage({
  logLevel = 'error',
  environment = {},
}: { readonly logLevel?: string; readonly environment?: NodeJS.ProcessEnv } = {}): Promise<ConsentStage> {
  const stage = await startStage({ services: [consent], logLevel, now: new Date().toISOString(), environment });
  const bus = stage.busOf('case');
  const issuer = String(stage.environmentOf('consent').RECEIPT_ISSUER);
  const sessions = createReceiptSessions({
    privateKey: await generateReceiptKey(),
    issuer,
    lifetimeSeconds: 900,
    clock: stage.clock,
  });
  const keys = await serveKeys(issuer, JSON.stringify(await sessions.publicJwks()));
  const publish = (...messages: readonly Message[]) => bus.publish(topicOf('case'), messages);
  const tell = async (message: Message) => {
    await publish(message);
    await untilHeard(stage, message);
  };
  const sessionOf = async (whose: { readonly clientId?: string; readonly reporterId?: string }): Promise<string> =>
    (await sessions.issue({ concernId: randomUUID(), sessionId: randomUUID(), receipt: 1, ...whose })).token;
  return {
    ...stage,
    publish,
    tell,
    team: async (clientId, usernames) => {
      const [caseId, concernId, team] = [randomUUID(), randomUUID(), usernames.map(stage.idOf)];
      const message = teamChanged({ clientId, team, caseId, sequence: 2 });
      await publish(caseOpened({ caseId, clientId, officerId: String(team[0]), concernId }, []));
      await tell(message);
      return message;
    },
    receipt: (clientId, kind) => sessionOf(kind === 'client' ? { clientId } : {}),
    receiptOfReporter: (reporterId) => sessionOf({ reporterId }),
    get: (path, options) => stage.ask('consent', 'GET', path, options),
    post: (path, options) => stage.ask('consent', 'POST', path, options),
    eventsOf: (clientId) => allOf(stage.log.readStream(`consent-${clientId}`)),
    close: async () => {
      keys.closeAllConnections();
      keys.close();
      await stage.close();
    },
  };
}

/** Resolves when consent has heard it. */
export const untilHeard = (stage: Stage, { id }: Message): Promise<unknown> =>
  eventually(async () => {
    const rows = await stage.query('consent', 'SELECT 1 FROM inbox WHERE message_id = $1', [id]);
    return rows.length === 1;
  });

async function serveKeys(issuer: string, jwks: string) {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json').end(jwks);
  });
  await new Promise<void>((resolve) => server.listen(Number(new URL(issuer).port), '127.0.0.1', resolve));
  return server;
}

async function allOf<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** A client with a case, on whose team these people are. */
export async function clientOfTeam(stage: ConsentStage, usernames: readonly string[]): Promise<string> {
  const clientId = randomUUID();
  await stage.team(clientId, usernames);
  return clientId;
}

/** What the case service says about a team. */
export function teamChanged(changed: {
  readonly clientId: string;
  readonly team: readonly string[];
  readonly caseId?: string;
  readonly sequence?: number;
}): Message {
  const { clientId, team, caseId = randomUUID(), sequence = 1 } = changed;
  const data = { caseId, clientId, team: [...team], changedAt: saidAt };
  return saidOfCase(caseMessages.teamChanged.type, sequence, data);
}

/** What the case service says first about a case, with marks of whom its reporter shuts out. */
export const caseOpened = (
  opened: {
    readonly caseId: string;
    readonly clientId: string;
    readonly officerId: string;
    readonly concernId: string;
  },
  shutOut: readonly string[],
  sequence = 1,
): Message =>
  saidOfCase(caseMessages.caseOpened.type, sequence, {
    ...{ ...opened, openedAt: saidAt },
    ...(shutOut.length > 0 ? { shutOut } : {}),
  });

/** What it says when the case is closed, and when it is taken up again. */
export const caseClosed = (
  of: { readonly caseId: string; readonly clientId: string },
  closedAt: string,
  sequence: number,
) => saidOfCase(caseMessages.caseClosed.type, sequence, { ...of, closedAt });
export const caseReopened = (
  of: { readonly caseId: string; readonly clientId: string },
  reopenedAt: string,
  sequence: number,
) => saidOfCase(caseMessages.caseReopened.type, sequence, { ...of, reopenedAt });

const saidAt = '2026-03-02T07:59:00.000Z';

function saidOfCase(
  type: string,
  sequence: number,
  data: Readonly<Record<string, unknown>> & { readonly caseId: string },
): Message {
  return {
    ...{ specversion: '1.0', id: randomUUID(), source: '/waymark/case', type, subject: data.caseId, time: saidAt },
    ...{ datacontenttype: 'application/json', sequence, data },
    ...{ correlationid: randomUUID(), causationid: randomUUID() },
  };
}

export const inDays = (stage: Stage, days: number): string =>
  new Date(Date.parse(stage.clock.now()) + days * 86_400_000).toISOString();

/** Body of a consent to a referral to the Ombudsman, good for 30 days. */
export const toOmbudsman = (stage: Stage, changed: object = {}) => ({
  recipient: 'ombudsman',
  purpose: 'referral',
  categories: ['contact', 'matter_summary'],
  validUntil: inDays(stage, 30),
  form: 'electronic',
  language: 'ar',
  explained: 'ما الذي يفعله أمين المظالم، وأنه يمكن السحب في أي وقت 🕊️',
  capacity: 'self',
  ...changed,
});

/** Body with which the referral service asks before the Ombudsman's focal point opens a package. */
export const opening = (stage: Stage, changed: object = {}) => ({
  recipient: 'ombudsman',
  purpose: 'referral',
  categories: ['contact', 'matter_summary'],
  reference: randomUUID(),
  act: 'open',
  onBehalfOf: stage.idOf('olivier.ombudsman'),
  ...changed,
});
