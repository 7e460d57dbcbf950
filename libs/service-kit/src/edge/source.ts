import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { isIP } from 'node:net';

/**
 * Whom a limit or a throttle by address counts: an IPv4 address, or the /64 of an IPv6 address, since who has one address of it has
 * all 2^64. IPv4 written as IPv6 is IPv4. A port that a proxy noted is no part of it. All that is no address counts as one.
 */
export function sourceOf(address: string): string {
  const bare = bareOf(address);
  const version = isIP(bare);
  if (version === 4) return bare;
  if (version === 0) return 'unknown';
  const groups = groupsOf(bare);
  const prefix = groups.slice(0, 6).join(':');
  return carriesIpv4.includes(prefix) ? ipv4Of(groups) : `${groups.slice(0, 4).join(':')}::/64`;
}

/** Parameter of an endpoint that throttles: where the request comes from. */
export const Source = createParamDecorator((_data: unknown, context: ExecutionContext): string =>
  sourceOf(context.switchToHttp().getRequest<FastifyRequest>().ip),
);

/** Mapped addresses (RFC 4291), and those behind a NAT64 (RFC 6052), where all of IPv4 would be one line. */
const carriesIpv4: readonly string[] = ['0:0:0:0:0:ffff', '64:ff9b:0:0:0:0'];

/** Without brackets, port and zone. */
function bareOf(address: string): string {
  const [, bracketed, withPort] = /^\[([^\]]*)\](?::\d+)?$|^([^:]*):\d+$/.exec(address.trim()) ?? [];
  return (bracketed ?? withPort ?? address.trim()).replace(/%.*$/, '');
}

/** Its eight groups, written as RFC 5952 has it. */
function groupsOf(ipv6: string): readonly string[] {
  const [left = [], right = []] = new URL(`http://[${ipv6}]`).hostname
    .slice(1, -1)
    .split('::')
    .map((half) => half.split(':').filter((group) => group !== ''));
  return [...left, ...Array.from({ length: 8 - left.length - right.length }, () => '0'), ...right];
}

const ipv4Of = (groups: readonly string[]): string =>
  groups
    .slice(6)
    .map((group) => Number.parseInt(group, 16))
    .flatMap((group) => [group >> 8, group & 0xff])
    .join('.');
