import type { Random } from '@waymark/testing';
import { wayNames } from '../platform/servers.js';
import type { Fault, FaultKind } from './fault.js';

/** Faults that strike processes of services. */
export const processFaults: readonly FaultKind[] = [
  'kill a service',
  "kill a relay's leader",
  'kill a service',
  "freeze a relay's leader",
];

/** Faults that strike what the services stand on, and the ways there. */
export const groundFaults: readonly FaultKind[] = [
  'delay',
  'reset',
  'kill PostgreSQL',
  'half-open',
  'kill the broker',
  'slow line',
  'lost answers',
  'wipe the broker',
  'black hole',
  'reset in an answer',
  'refused',
];

/** Of the ground where there are three brokers: what must lie on two of them can be told to nobody meanwhile. */
export const clusterFaults: readonly FaultKind[] = ['kill two brokers'];

const publishers = ['intake', 'case', 'consent', 'referral'] as const;

/** Endless faults of these kinds: each kind comes before any comes again. */
export function* drawFaults(
  kinds: readonly FaultKind[],
  instances: readonly string[],
  random: Random,
): Generator<Fault, never> {
  for (;;) {
    const deck = [...kinds];
    while (deck.length > 0) {
      const [kind] = deck.splice(random.upTo(deck.length), 1);
      if (kind) yield draw(kind, instances, random);
    }
  }
}

function draw(kind: FaultKind, instances: readonly string[], random: Random): Fault {
  const way = random.oneOf(wayNames);
  const forMs = 500 + random.upTo(4_000);
  switch (kind) {
    case 'kill a service':
      return { kind, instance: instances[random.upTo(instances.length)] ?? 'intake' };
    case "kill a relay's leader":
      return { kind, service: random.oneOf(publishers) };
    case "freeze a relay's leader":
      // Some are taken for dead meanwhile (after 15 s) and wake up deposed.
      return { kind, service: random.oneOf(publishers), forMs: 1_000 + random.upTo(22_000) };
    case 'kill PostgreSQL':
    case 'kill the broker':
    case 'wipe the broker':
      return { kind, forMs: random.upTo(4_000) };
    case 'kill two brokers':
      return { kind, forMs: 1_000 + random.upTo(15_000) };
    case 'delay':
      return { kind, way, forMs: 2_000 + random.upTo(6_000), byMs: 1 + random.upTo(20) };
    case 'slow line':
      return { kind, way, forMs: 1_000 + random.upTo(4_000), byMs: 100 + random.upTo(400) };
    case 'reset':
    case 'half-open':
      return { kind, way };
    case 'reset in an answer':
      return { kind, way, afterBytes: random.upTo(4_000) };
    case 'black hole':
    case 'lost answers':
    case 'refused':
      return { kind, way, forMs: kind === 'black hole' && random.chance(0.2) ? 15_000 : forMs };
  }
}
