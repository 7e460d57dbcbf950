import { describe, expect, it } from '@jest/globals';
import { AccessError, type Principal } from '@waymark/access';
import { RateBuckets } from './rate-buckets.js';
import { RateLimits } from './rate-limits.js';

describe('a rate limit', () => {
  it('lets a minute’s worth come at once, then goes on at the rate, and says when', () => {
    let now = 0;
    const buckets = new RateBuckets(60, () => now);
    for (let count = 0; count < 60; count += 1) expect(buckets.take('a')).toBeUndefined();
    expect(buckets.take('a')).toBe(1);
    expect(buckets.take('b')).toBeUndefined();
    now = 1_000;
    expect(buckets.take('a')).toBeUndefined();
    expect(buckets.take('a')).toBe(1);
    now = 3_600_000;
    for (let count = 0; count < 60; count += 1) expect(buckets.take('a')).toBeUndefined();
    expect(buckets.take('a')).toBe(1);
  });

  it('does not grow with the number of callers', () => {
    const buckets = new RateBuckets(1, () => 0);
    for (let count = 0; count < 60_000; count += 1) buckets.take(`caller ${count}`);
    expect(buckets.take('caller 59999')).toBe(60);
    expect(buckets.take('caller 0')).toBeUndefined();
  });

  const limited = (principals: Readonly<Record<string, Principal>>) => {
    const limits = new RateLimits({ RATE_LIMIT_PRINCIPAL: 2, RATE_LIMIT_ADDRESS: 2 }, () => 0);
    const authenticator = limits.counting({
      authenticate: async ({ headers: { authorization = '' } }) => {
        const principal = principals[authorization];
        if (!principal) throw new AccessError('token_invalid', { fault: 'malformed' });
        if (principal.kind === 'staff' && principal.roles.length === 0)
          throw new AccessError('role_missing', { principal });
        return principal;
      },
    });
    return async (token: string, ip = '192.0.2.1'): Promise<string> => {
      const request = { ip, headers: { authorization: token } };
      return authenticator.authenticate(request).then(
        () => 'ok',
        (error: { code: string }) => error.code,
      );
    };
  };

  it('counts people as themselves, wherever they call from, and not for those who share their address', async () => {
    const ask = limited({
      amina: { kind: 'staff', id: 'amina', roles: ['officer'] },
      kwame: { kind: 'staff', id: 'kwame', roles: ['officer'] },
    });
    expect([await ask('amina'), await ask('amina', '192.0.2.2'), await ask('amina', '192.0.2.3')]).toEqual([
      'ok',
      'ok',
      'too_many_requests',
    ]);
    expect(await ask('kwame')).toBe('ok');
  });

  it('counts tokens that are not good by address, and lets good ones from there in all the same', async () => {
    const ask = limited({ amina: { kind: 'staff', id: 'amina', roles: ['officer'] } });
    const guessed = [await ask('a'), await ask('b'), await ask('c')];
    expect(guessed).toEqual(['token_invalid', 'token_invalid', 'too_many_requests']);
    expect(await ask('amina')).toBe('ok');
  });

  it('counts somebody without a role here as themselves too', async () => {
    const ask = limited({ former: { kind: 'staff', id: 'former', roles: [] } });
    const asked = [await ask('former'), await ask('former', '192.0.2.2'), await ask('former')];
    expect(asked).toEqual(['role_missing', 'role_missing', 'too_many_requests']);
  });

  it('counts a reporter by their concern, however many sessions they open, and services not at all', async () => {
    const ask = limited({
      one: { kind: 'reporter', id: 'session-1', concernId: 'concern' },
      two: { kind: 'reporter', id: 'session-2', concernId: 'concern' },
      referral: { kind: 'service', id: 'referral' },
    });
    expect([await ask('one'), await ask('two'), await ask('one')]).toEqual(['ok', 'ok', 'too_many_requests']);
    for (let count = 0; count < 10; count += 1) expect(await ask('referral')).toBe('ok');
  });
});
