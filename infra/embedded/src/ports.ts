import { createServer } from 'node:net';

/** Offsets from `PORT_BASE` (3000 unless set). */
export const offsets = {
  page: 0,
  intake: 1,
  case: 2,
  consent: 3,
  referral: 4,
  reporting: 5,
  audit: 6,
  engagement: 7,
  identity: 10,
  postgres: 11,
} as const;

export type Part = keyof typeof offsets;
export type Ports = Readonly<Record<Part, number>>;

export class PortError extends Error {}

/** The port of every part; throws when `PORT_BASE` is no port. */
export function portsFrom(base: string | undefined): Ports {
  const first = base === undefined || base === '' ? 3000 : Number(base);
  if (!Number.isInteger(first) || first < 1 || first > 65_500)
    throw new PortError(`PORT_BASE must be a whole number from 1 to 65500; it is ${JSON.stringify(base)}.`);
  return Object.fromEntries(Object.entries(offsets).map(([part, offset]) => [part, first + offset])) as Ports;
}

/** Throws naming every port that somebody else listens on. PostgreSQL looks after its own. */
export async function demandFree(ports: Ports): Promise<void> {
  const parts = Object.entries(ports).filter(([part]) => part !== 'postgres');
  const taken: string[] = [];
  for (const [part, port] of parts) if (!(await isFree(port))) taken.push(`${port} (${part})`);
  if (taken.length > 0) throw inUse(taken.join(', '));
}

/** The same of PostgreSQL's port, for when nothing of ours may listen there. */
export async function demandPortFree(postgres: number): Promise<void> {
  if (!(await isFree(postgres))) throw inUse(`${postgres} (postgres)`);
}

const inUse = (which: string): PortError =>
  new PortError(
    `In use already: port ${which}. Stop what listens there, or set PORT_BASE to move all ports, such as PORT_BASE=4000 npm start.`,
  );

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
