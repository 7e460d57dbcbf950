import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { freePort } from '@waymark/testing';
import { ConsentPeer, reply } from '../consent-peer.fixture.js';
import { ConsentDoor, type IntendedDisclosure } from './consent-door.js';

const call = {
  commandId: randomUUID(),
  correlationId: randomUUID(),
  actor: { kind: 'staff', id: 'amina', roles: ['officer'] },
} as const;
const disclosure: IntendedDisclosure = {
  clientId: randomUUID(),
  recipient: 'ombudsman',
  purpose: 'referral',
  categories: ['contact', 'matter_summary'],
  reference: randomUUID(),
  act: 'send',
  onBehalfOf: 'amina',
};
const unreachable = { status: 503, code: 'consent_unreachable' };

describe('the door to the consent service', () => {
  let peer: ConsentPeer;
  let forgotten = 0;
  const tokens = {
    token: async () => `token-${forgotten}`,
    forget: () => {
      forgotten += 1;
    },
  };
  const ask = (door = new ConsentDoor(peer.url, tokens)) => door.ask(randomUUID(), disclosure, call);
  beforeAll(async () => {
    peer = await ConsentPeer.start();
  });
  beforeEach(() => {
    peer.misbehave();
    peer.withdraw(disclosure.clientId);
    forgotten = 0;
  });
  afterAll(() => peer.stop());

  it('gives the consent and the disclosure that allow it', async () => {
    const consentId = peer.consent(disclosure.clientId, 'contact', 'matter_summary');
    expect(await ask()).toEqual({ kind: 'given', consentId, disclosureId: expect.any(String) });
    const { clientId, ...body } = disclosure;
    expect(peer.asked.at(-1)).toMatchObject({
      clientId,
      body,
      authorization: 'Bearer token-0',
      correlationId: call.correlationId,
    });
  });

  it('gives the override and the disclosure that allow it without consent', async () => {
    const overrideId = peer.override(disclosure.clientId, 'contact', 'matter_summary');
    expect(await ask()).toEqual({ kind: 'given', overrideId, disclosureId: expect.any(String) });
  });

  it('says when no consent covers every category', async () => {
    expect(await ask()).toEqual({ kind: 'missing' });
    peer.consent(disclosure.clientId, 'contact');
    expect(await ask()).toEqual({ kind: 'missing' });
  });

  it('takes a new token once when the old one is refused', async () => {
    peer.consent(disclosure.clientId, 'contact', 'matter_summary');
    peer.misbehave((_asked, response) => {
      peer.misbehave();
      reply(response, 401, { code: 'token_expired' });
    });
    expect(await ask()).toMatchObject({ kind: 'given' });
    expect(peer.asked.slice(-2).map(({ authorization }) => authorization)).toEqual([
      'Bearer token-0',
      'Bearer token-1',
    ]);
    expect(peer.asked.at(-1)?.key).toBe(peer.asked.at(-2)?.key);
    peer.misbehave((_asked, response) => reply(response, 401, { code: 'token_expired' }));
    await expect(ask()).rejects.toMatchObject(unreachable);
  });

  it.each<[string, number, unknown]>([
    ['a yes without ids', 201, {}],
    ['a yes with ids that are none', 201, { consentId: 'yes', disclosureId: 'yes' }],
    ['a yes that says by what neither', 201, { disclosureId: randomUUID() }],
    [
      'a yes by a consent and an override',
      201,
      { disclosureId: randomUUID(), consentId: randomUUID(), overrideId: randomUUID() },
    ],
    ['a yes that is no object', 201, null],
    ['a yes with another status', 200, { consentId: randomUUID(), disclosureId: randomUUID() }],
    ['another conflict', 409, { code: 'revision_conflict' }],
    ['an unknown address', 404, { code: 'not_found' }],
    ['a refusal of the caller', 403, { code: 'role_missing' }],
    ['a fault', 500, { code: 'internal_error' }],
    ['a proxy without a service', 502, {}],
  ])('stays shut at %s', async (_what, status, body) => {
    peer.misbehave((_asked, response) => reply(response, status, body));
    await expect(ask()).rejects.toMatchObject(unreachable);
  });

  it('stays shut at what is not JSON, at a connection that breaks and at one that leads elsewhere', async () => {
    peer.misbehave((_asked, response) => response.writeHead(201).end('<html>yes</html>'));
    await expect(ask()).rejects.toMatchObject(unreachable);
    peer.misbehave((_asked, response) => response.destroy());
    await expect(ask()).rejects.toMatchObject(unreachable);
    peer.misbehave((_asked, response) => response.writeHead(307, { location: peer.url }).end());
    await expect(ask()).rejects.toMatchObject(unreachable);
  });

  it('stays shut when nobody answers, in time or at all', async () => {
    peer.misbehave(() => undefined);
    await expect(ask(new ConsentDoor(peer.url, tokens, 50))).rejects.toMatchObject(unreachable);
    const nobody = `http://127.0.0.1:${await freePort()}`;
    await expect(ask(new ConsentDoor(nobody, tokens))).rejects.toMatchObject(unreachable);
  });

  it('stays shut when there is no token, or none in time', async () => {
    const { forget } = tokens;
    const refused = { forget, token: () => Promise.reject(new Error('no identity')) };
    await expect(ask(new ConsentDoor(peer.url, refused))).rejects.toMatchObject(unreachable);
    const silent = { forget, token: () => new Promise<string>(() => undefined) };
    await expect(ask(new ConsentDoor(peer.url, silent, 50))).rejects.toMatchObject(unreachable);
  });
});
