import type { WayName } from '../platform/servers.js';

/** Something that is done to the platform, as the seed has drawn it. */
export type Fault =
  | { readonly kind: 'kill a service'; readonly instance: string }
  | { readonly kind: "kill a relay's leader"; readonly service: string }
  | { readonly kind: "freeze a relay's leader"; readonly service: string; readonly forMs: number }
  | { readonly kind: 'kill PostgreSQL' | 'kill the broker' | 'wipe the broker'; readonly forMs: number }
  | { readonly kind: 'kill two brokers'; readonly forMs: number }
  | { readonly kind: 'delay'; readonly way: WayName; readonly forMs: number; readonly byMs: number }
  | { readonly kind: 'slow line'; readonly way: WayName; readonly forMs: number; readonly byMs: number }
  | { readonly kind: 'reset' | 'half-open'; readonly way: WayName }
  | { readonly kind: 'reset in an answer'; readonly way: WayName; readonly afterBytes: number }
  | { readonly kind: 'black hole' | 'lost answers' | 'refused'; readonly way: WayName; readonly forMs: number };

export type FaultKind = Fault['kind'];

/** What was done when, in seconds since the load began. */
export interface Inflicted {
  readonly from: number;
  readonly to: number;
  readonly fault: Fault;
}

/** One line of the timeline. */
export function describe(fault: Fault): string {
  const { kind, ...rest } = fault;
  const details = Object.entries(rest).map(([name, value]) => `${name} ${value}`);
  return [kind, ...details].join(', ');
}
