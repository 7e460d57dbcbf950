import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { FakeClock } from '@waymark/testing';
import { createServiceTokenSource } from './service-token-source.js';
import { startTestIssuer, type TestIssuer } from './test-issuer.js';

let issuer: TestIssuer;
const clock = new FakeClock();
beforeAll(async () => {
  issuer = await startTestIssuer();
});
afterAll(() => issuer.stop());
beforeEach(() => issuer.failWith(undefined));

const source = (clientSecret = 's3cret:') =>
  createServiceTokenSource({ issuer: issuer.issuer, clientId: 'waymark-referral', clientSecret, clock });

describe("A service's own token", () => {
  it('is asked for once and shared', async () => {
    const tokens = source();
    const shared = await Promise.all([tokens.token(), tokens.token(), tokens.token()]);
    expect(new Set(shared).size).toBe(1);
    expect(await tokens.token()).toBe(shared[0]);
  });

  it('is renewed shortly before it ends', async () => {
    const tokens = source();
    const first = await tokens.token();
    clock.advance({ seconds: 269 });
    expect(await tokens.token()).toBe(first);
    clock.advance({ seconds: 1 });
    expect(await tokens.token()).not.toBe(first);
  });

  it('is renewed after somebody refused it', async () => {
    const tokens = source();
    const first = await tokens.token();
    tokens.forget();
    expect(await tokens.token()).not.toBe(first);
  });

  it('that cannot be had is asked for again next time', async () => {
    const tokens = source();
    issuer.failWith(500);
    await expect(tokens.token()).rejects.toMatchObject({ code: 'identity_unreachable', status: 503 });
    issuer.failWith(undefined);
    await expect(tokens.token()).resolves.toMatch(/^token-/);
  });

  it('that is refused for a wrong secret is nobody else’s fault: 503, and the secret is not told', async () => {
    const refused = source('wrong').token();
    await expect(refused).rejects.toMatchObject({ code: 'identity_unreachable' });
    await expect(refused).rejects.not.toThrow(/wrong/);
  });
});
