import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RunningService, startService } from '../start-service.js';
import { tallyService } from '../tally.fixture.js';
import { prepareGround, type TallyGround } from '../tally-ground.fixture.js';
import { sourceOf } from './source.js';

describe('the source that is counted', () => {
  it.each([
    ['an IPv4 address', '192.0.2.1', '192.0.2.1'],
    ['an IPv4 address that a proxy noted with its port', '192.0.2.1:50123', '192.0.2.1'],
    ['an IPv4 address written as IPv6', '::ffff:192.0.2.1', '192.0.2.1'],
    ['the same in hexadecimal', '0:0:0:0:0:FFFF:c000:0201', '192.0.2.1'],
    ['an IPv4 address behind a NAT64', '64:ff9b::192.0.2.1', '192.0.2.1'],
    ['the /64 of an IPv6 address', '2001:db8:1:2:aaaa:bbbb:cccc:dddd', '2001:db8:1:2::/64'],
    ['the /64 of one that is written short', '2001:DB8::1', '2001:db8:0:0::/64'],
    ['the /64 of one with a port', '[2001:db8:1:2::3]:443', '2001:db8:1:2::/64'],
    ['the /64 of one with a zone', 'fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['the loopback', '::1', '0:0:0:0::/64'],
    ['one and the same for all that is no address', '<script>', 'unknown'],
    ['one and the same for nothing', '', 'unknown'],
  ])('is %s', (_what, address, source) => expect(sourceOf(address)).toBe(source));

  it('is another for the neighbour’s line', () => {
    expect(sourceOf('2001:db8:1:2::1')).not.toBe(sourceOf('2001:db8:1:3::1'));
  });
});

describe('whoever calls a service', () => {
  let ground: TallyGround;
  beforeAll(async () => {
    ground = await prepareGround();
  });
  afterAll(() => ground?.close());

  /** How many of them are let through, of whom five may be from one source. */
  const letThrough = async (trusted: string, forwarded: readonly string[]): Promise<number> => {
    const environment = { RATE_LIMIT_ADDRESS: '5', TRUSTED_PROXIES: trusted, PORT: await ground.freePort() };
    const service: RunningService = await startService(tallyService, {
      environment: { ...ground.environment, ...environment },
    });
    try {
      let count = 0;
      for (const each of forwarded) {
        const headers = { 'x-forwarded-for': each };
        const { status } = await fetch(`${service.url}/v1/tallies/${randomUUID()}`, { headers });
        if (status !== 429) count += 1;
      }
      return count;
    } finally {
      await service.stop();
    }
  };
  const eight = (write: (index: number) => string): string[] =>
    Array.from({ length: 8 }, (_each, index) => write(index));

  it('is counted by the address that a trusted proxy saw', async () => {
    expect(
      await letThrough(
        'loopback',
        eight((index) => `192.0.2.${index}`),
      ),
    ).toBe(8);
    expect(
      await letThrough(
        'loopback',
        eight(() => '192.0.2.1'),
      ),
    ).toBe(5);
  });

  it('gets no fresh account for an address they wrote before it themselves', async () => {
    expect(
      await letThrough(
        'loopback',
        eight((index) => `198.51.100.${index}, 192.0.2.1`),
      ),
    ).toBe(5);
    expect(
      await letThrough(
        'loopback, 10.0.0.0/8',
        eight((index) => `198.51.100.${index}, 192.0.2.1, 10.0.0.7`),
      ),
    ).toBe(5);
  });

  it('is not taken at their word when they are no trusted proxy', async () => {
    expect(
      await letThrough(
        '',
        eight((index) => `192.0.2.${index}`),
      ),
    ).toBe(5);
    expect(
      await letThrough(
        '10.0.0.0/8',
        eight((index) => `192.0.2.${index}`),
      ),
    ).toBe(5);
  });

  it('gets no fresh account for each address of their IPv6 line', async () => {
    expect(
      await letThrough(
        'loopback',
        eight((index) => `2001:db8:1:2::${index}`),
      ),
    ).toBe(5);
    expect(
      await letThrough(
        'loopback',
        eight((index) => `2001:db8:1:${index}::1`),
      ),
    ).toBe(8);
  });
});
