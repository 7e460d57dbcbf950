import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { createServiceTokenSource } from '@waymark/access';
import type { Platform } from '@waymark/embedded';
import { DemoTokens } from '@waymark/identity';

/** As much of an operation in a service's OpenAPI document as tells who may call it. */
export interface Operation {
  readonly operationId: string;
  readonly 'x-waymark-access': {
    readonly action: string;
    readonly staff?: readonly string[];
    readonly reporter?: string;
    readonly service?: readonly string[];
    readonly anonymous?: true;
  };
}

/** Somebody in whose name requests are sent, and what of the routes is theirs. */
export interface Caller {
  readonly name: string;
  readonly may: (access: Operation['x-waymark-access']) => boolean;
  readonly token?: () => Promise<string>;
}

type ServiceName = 'intake' | 'case' | 'consent' | 'referral' | 'reporting' | 'audit';

/**
 * Who of the demo people has a hand in the matter that the story has played, or a right that nobody else has, and the services
 * that ask others, or tell them. `dataDir` is the platform's.
 */
export const callersOf = (platform: Platform, dataDir: string): Readonly<Record<ServiceName, readonly Caller[]>> => {
  const tokens = new DemoTokens(platform.issuer);
  const staff = (username: string, role: string): Caller => ({
    name: username,
    may: (access) => access.staff?.includes(role) ?? false,
    token: () => tokens.of(username),
  });
  const officer = staff('amina.officer', 'officer');
  const supervisor = staff('ingrid.supervisor', 'supervisor');
  const unit = staff('olivier.ombudsman', 'unit_focal_point');
  const nobody: Caller = { name: 'nobody', may: (access) => access.anonymous === true };
  const client: Caller = {
    name: 'client',
    may: ({ reporter }) => reporter === 'client' || reporter === 'own_record',
    token: async () => (await receiptSessions(platform, tokens)).client,
  };
  const reporter: Caller = {
    name: 'reporter',
    may: ({ action, reporter }) =>
      reporter === 'reporter' || reporter === 'own_record' || (reporter === 'any' && action !== 'EndReceiptSession'),
    token: async () => (await receiptSessions(platform, tokens)).reporter,
  };
  // After the first time nothing else is asked with that session.
  const leaving: Caller = {
    ...client,
    name: 'a client who leaves',
    may: ({ action }) => action === 'EndReceiptSession',
  };
  const service = (name: string): Caller => ({
    name: `the ${name} service`,
    may: (access) => access.service?.includes(name) ?? false,
    token: () => serviceToken(platform, dataDir, name),
  });
  return {
    intake: [officer, reporter, leaving, nobody, staff('samoa.administrator', 'administrator'), service('case')],
    case: [officer, supervisor, staff('marek.clinician', 'clinician')],
    consent: [officer, supervisor, client, service('referral'), service('case')],
    referral: [officer, unit, service('case')],
    reporting: [staff('priya.analyst', 'analyst')],
    audit: [staff('jonas.auditor', 'auditor')],
  };
};

async function serviceToken({ issuer }: Platform, dataDir: string, service: string): Promise<string> {
  const environment = parseEnv(await readFile(join(dataDir, 'secrets', service, `${service}.env`), 'utf8'));
  const clientSecret = String(environment.SERVICE_CLIENT_SECRET);
  return createServiceTokenSource({ issuer, clientId: `waymark-${service}`, clientSecret }).token();
}

/** The sessions of a witness who has raised a concern, and of the client who got a receipt for it. */
async function receiptSessions(platform: Platform, tokens: DemoTokens) {
  const bearer = await tokens.of('amina.officer');
  const post = async (path: string, body: object, token?: string): Promise<Readonly<Record<string, string>>> => {
    const response = await fetch(`${platform.urlOf('intake')}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': randomUUID(),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    });
    const answer = (await response.json()) as Readonly<Record<string, string>>;
    if (!response.ok) throw new Error(`POST ${path}: ${response.status} ${JSON.stringify(answer)}`);
    return answer;
  };
  const session = async (receipt: string): Promise<string> =>
    (await post('/v1/receipt-sessions', { receipt })).token ?? '';
  const { concernId = '', receipt: own = '' } = await post('/v1/concerns', {
    ...{ kind: 'support_request', identity: 'confidential', reporterRelation: 'witness', matter: ['other'] },
    ...{ language: 'en', immediateDanger: false, narrative: 'Raised to be asked about.' },
  });
  await post(`/v1/concerns/${concernId}/allocation`, {}, bearer);
  const { receipt = '' } = await post(`/v1/concerns/${concernId}/client-receipt`, {}, bearer);
  return { reporter: await session(own), client: await session(receipt) };
}
