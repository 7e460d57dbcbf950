import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { followRevocations, revokedSubject } from './revocations.js';

const moment = Date.parse('2026-03-01T10:00:00Z');
const seconds = moment / 1_000;

describe('the list of revoked tokens', () => {
  let answer: readonly [number, object] = [200, { items: [] }];
  const server = createServer((_request, response) => {
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

  it('takes back what somebody got until then, and a little longer where clocks differ', async () => {
    revoke('amina');
    const list = followRevocations({ url, everyMilliseconds: 60_000 });
    await list.read();
    expect(list.isRevoked('amina', seconds - 200)).toBe(true);
    expect(list.isRevoked('amina', seconds)).toBe(true);
    expect(list.isRevoked('amina', seconds + 5)).toBe(true);
    expect(list.isRevoked('amina', seconds + 6)).toBe(false);
    expect(list.isRevoked('kwame', seconds - 200)).toBe(false);
    list.stop();
  });

  it('names nobody', () => {
    revoke('amina');
    expect(JSON.stringify(answer)).not.toContain('amina');
  });

  it('stays as it was known when it cannot be had, and each outage is told once', async () => {
    revoke('amina');
    let failures = 0;
    const list = followRevocations({ url, everyMilliseconds: 1, onFailure: () => (failures += 1) });
    await list.read();
    answer = [503, {}];
    for (let count = 0; count < 20; count += 1) await expect(list.read()).rejects.toThrow('503');
    while (failures === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(list.isRevoked('amina', seconds)).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(failures).toBe(1);
    list.stop();
  });
});
