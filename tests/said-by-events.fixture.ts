import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type EventDeclaration, readAsCurrent } from '@waymark/event-sourcing';
import { payloadsOf } from '@waymark/messaging';
import { type Platform, Secrets, type ServiceDefinition } from '@waymark/service-kit';
import { goldenFiles } from './golden-files.fixture.js';
import { type RecordedSchema, variantsOf } from './variants.fixture.js';

/** The types of the messages that an event says, in their order. */
type Says = readonly string[];

/** What one version of an event says. `otherwise`: where its content makes a difference. */
export interface SaidByVersion {
  readonly says: Says;
  readonly otherwise?: Readonly<Record<string, Says>>;
}

/** By event type and version. */
export type Said = Readonly<Record<string, SaidByVersion>>;

export interface Golden {
  readonly type: string;
  readonly version: number;
  readonly schema: RecordedSchema;
  readonly sealed: object;
  /** The first with every optional field. */
  readonly examples: readonly object[];
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- services with settings of their own
type Service = Pick<ServiceDefinition<any>, 'publish' | 'publishFacts'>;

interface AggregateOfService {
  readonly category: string;
  readonly events: Readonly<Record<string, EventDeclaration>>;
}

const id = '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b10';
const at = '2026-03-02T08:00:00.000Z';

/** What a service says of one version of an event, told by its example, by all that differs in one point, and by what an erasure leaves. */
export function saidBy(service: Service, { category, events }: AggregateOfService, golden: Golden): SaidByVersion {
  const { type, version, schema, sealed, examples } = golden;
  const [example = {}] = examples;
  const says = (stored: unknown): Says => {
    const { data } = readAsCurrent(events, type, version, { data: stored as object, erased: [] });
    const event = {
      ...{ position: 1n, stream: `${category}-${id}`, category, revision: 0, id, type, data, erased: [] },
      ...{ schemaVersion: version, recordedAt: at, hash: '', stored: { data: '', metadata: '' } },
      metadata: { actor: { kind: 'staff', id: 'amina' }, correlationId: id, causationId: id, occurredAt: at } as const,
    };
    const platform = { secrets: new Secrets(Buffer.alloc(32, 7)) } as Platform<never>;
    const translations = [service.publish?.(event, platform), service.publishFacts?.(event, platform)];
    return translations.flatMap((each) => payloadsOf(each).map((payload) => payload.type));
  };
  const left = Object.entries(example).filter(([field]) => !Object.hasOwn(sealed, field));
  const variants = [...variantsOf(schema, example), { by: 'erased', data: Object.fromEntries(left) }];
  const plainly = says(example);
  const otherwise = variants
    .map(({ by, data }) => [by, says(data)] as const)
    .filter(([, said]) => !isDeepStrictEqual(said, plainly));
  return { says: plainly, ...(otherwise.length > 0 ? { otherwise: Object.fromEntries(otherwise) } : {}) };
}

/** What is said now and was not said so when it was recorded, in sentences. */
export function faultsOfSaid(recorded: Said, now: Said): readonly string[] {
  return Object.entries(now).flatMap(([version, said]) => {
    const before = recorded[version];
    if (!before) return [`${version}: what it says is not recorded: npm run golden, while the version is new`];
    if (isDeepStrictEqual(before, said)) return [];
    return [
      `${version}: says ${JSON.stringify(said)}, and said ${JSON.stringify(before)}: numbers of messages would move`,
    ];
  });
}

/** A golden file shows sealed text as any text; where a message wants a form, it has to have it. */
const formed: Readonly<Partial<Record<string, string>>> = { country: 'KE', subdivision: 'KE-30' };
const formedText = (field: string, value: unknown): unknown =>
  value === 'free text' ? (formed[field] ?? value) : value;

const root = path.resolve(import.meta.dirname, '..');
const fileOf = (service: string): string => path.join(root, 'services', service, 'src/integration/said-by-events.json');

export const recordOfSaid = (service: string): Said =>
  existsSync(fileOf(service)) ? (JSON.parse(readFileSync(fileOf(service), 'utf8')) as Said) : {};

/** Adds what is new to the record of a service; what is there is never written again. */
export function writeSaid(service: string, now: Said): void {
  const said = { ...now, ...recordOfSaid(service) };
  const sorted = Object.fromEntries(Object.entries(said).sort(([a], [b]) => a.localeCompare(b)));
  writeFileSync(fileOf(service), `${JSON.stringify(sorted, null, 2)}\n`);
}

/** What a service says of every version of every event of its own. */
export function saidNow(
  service: Service & { readonly name: string; readonly aggregates: readonly AggregateOfService[] },
): Said {
  const files = goldenFiles.filter(({ project }) => project === service.name);
  const said = service.aggregates.flatMap((aggregate) =>
    files
      .filter(({ type }) => Object.hasOwn(aggregate.events, type))
      .map(({ folder, type, version }) => {
        const name = `${type}.v${version}`;
        const golden = JSON.parse(readFileSync(path.join(folder, `${name}.json`), 'utf8'), formedText) as Golden;
        return [name, saidBy(service, aggregate, golden)] as const;
      }),
  );
  return Object.fromEntries(said);
}
