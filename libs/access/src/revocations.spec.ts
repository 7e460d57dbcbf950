import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { followRevocations, revocationsAt, revokedSubject } from './revocations.js';

const moment = Date.parse('2026-03-01T10:00:00Z');
const seconds = moment / 1_000;

describe('the list of revoked tokens', () => {
  let answer: readonly [number, object] = [200, { items: [] }];
  let good = 'token-1';
  const refused: string[] = [];
  const server = createServer((request, response) => {
    const shown = String(request.headers.authorization);
    if (shown !== `Bearer ${good}`) {
      refused.push(shown);
      response.writeHead(401).end();
      return;
    }
    response.writeHead(answer[0], { 'content-type': 'application/json' }).end(JSON.stringify(answer[1]));
  });
  let url = '';
  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    url = typeof address === 'object' && address ? `http://127.0.0.1:${address.port}/` : '';
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const revoke = (person: string): void => {
    answer = [200, { items: [{ subject: revokedSubject(person), before: new Date(moment).toISOString() }] }];
  };

  const sourceOf = (tokens: readonly string[]) => {
    const left = [...tokens];
    return revocationsAt(url, { token: async () => left[0] ?? 'none', forget: () => void left.shift() });
  };
  const list = () => sourceOf([good]);

  it('takes back what somebody got until then, and a little longer where clocks differ', async () => {
    revoke('amina');
    const followed = followRevocations({ list: list(), everyMilliseconds: 60_000 });
    await followed.read();
    expect(followed.isRevoked('amina', seconds - 200)).toBe(true);
    expect(followed.isRevoked('amina', seconds)).toBe(true);
    expect(followed.isRevoked('amina', seconds + 5)).toBe(true);
    expect(followed.isRevoked('amina', seconds + 6)).toBe(false);
    expect(followed.isRevoked('kwame', seconds - 200)).toBe(false);
    followed.stop();
  });

  it('takes back the tokens of an id however that was spelt', async () => {
    revoke('0197D000-0000-7000-8000-00000000000A');
    const followed = followRevocations({ list: list(), everyMilliseconds: 60_000 });
    await followed.read();
    expect(followed.isRevoked('0197d000-0000-7000-8000-00000000000a', seconds)).toBe(true);
    followed.stop();
  });

  it('names nobody', () => {
    revoke('amina');
    expect(JSON.stringify(answer)).not.toContain('amina');
  });

  it('stays as it was known when it cannot be had, and each outage is told once', async () => {
    revoke('amina');
    let failures = 0;
    const followed = followRevocations({ list: list(), everyMilliseconds: 1, onFailure: () => (failures += 1) });
    await followed.read();
    answer = [503, {}];
    for (let count = 0; count < 20; count += 1) await expect(followed.read()).rejects.toThrow('503');
    while (failures === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(followed.isRevoked('amina', seconds)).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(failures).toBe(1);
    followed.stop();
  });

  it('stays as it was known while there is no token to ask for it with', async () => {
    revoke('amina');
    let issuerIsAway = false;
    const token = async (): Promise<string> => {
      if (issuerIsAway) throw new Error('the issuer is away');
      return good;
    };
    const source = revocationsAt(url, { token, forget: () => undefined });
    const followed = followRevocations({ list: source, everyMilliseconds: 60_000 });
    await followed.read();
    issuerIsAway = true;
    await expect(followed.read()).rejects.toThrow('away');
    expect(followed.isRevoked('amina', seconds)).toBe(true);
    followed.stop();
  });

  it('is asked for with a new token after one was refused', async () => {
    revoke('amina');
    const source = sourceOf(['token-1', 'token-2']);
    expect(await source()).toHaveLength(1);
    good = 'token-2';
    refused.length = 0;
    await expect(source()).rejects.toThrow('401');
    expect(await source()).toHaveLength(1);
    expect(refused).toEqual(['Bearer token-1']);
  });
});
