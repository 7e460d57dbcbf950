import type { EarlierVersion } from './earlier-version.js';
import type { EventDeclaration } from './event-declaration.js';
import { InvalidEventError, UnknownEventError } from './event-errors.js';
import type { Subject } from './subject.js';

/** Data with their sealed fields opened. `erased` names the fields that are absent because their key was destroyed. */
export interface OpenedData {
  readonly data: object;
  readonly erased: readonly string[];
}

/** What reading needs to know of an event type. */
export type Versions = Pick<EventDeclaration, 'version' | 'sealed'> & { readonly earlier?: readonly EarlierVersion[] };

function declarationOf<Declaration extends Versions>(
  events: Readonly<Record<string, Declaration>>,
  type: string,
  version: number,
): Declaration {
  const declaration = Object.hasOwn(events, type) ? events[type] : undefined;
  if (!declaration || version < 1 || version > declaration.version)
    throw new UnknownEventError(type, version, declaration?.version, Object.keys(events));
  return declaration;
}

/** What is sealed for whom in one version of an event. Throws `UnknownEventError`. */
export function sealedFieldsOf(
  events: Readonly<Record<string, Versions>>,
  type: string,
  version: number,
): Readonly<Partial<Record<string, Subject>>> {
  const { earlier = [], sealed } = declarationOf(events, type, version);
  return earlier.slice(version - 1).find((each) => each.sealed)?.sealed ?? sealed;
}

/** The event as it would be written today, whatever its version; opened data in and out. Throws `UnknownEventError`. */
export function readAsCurrent(
  events: Readonly<Record<string, EventDeclaration>>,
  type: string,
  version: number,
  opened: OpenedData,
): OpenedData {
  const { earlier, schema } = declarationOf(events, type, version);
  if (version === earlier.length + 1) return opened;
  const steps = earlier.slice(version - 1);
  return {
    data: steps.reduce((data, step) => step.upcast(data), opened.data),
    erased: opened.erased.map(namedToday(steps)).filter((field) => Object.hasOwn(schema.properties, field)),
  };
}

/** Those fields sealed in one version of an event that are among these today. Throws `UnknownEventError`. */
export function sealedThen(
  events: Readonly<Record<string, Versions>>,
  type: string,
  version: number,
  today: readonly string[],
): readonly string[] {
  const { earlier = [] } = declarationOf(events, type, version);
  if (version === earlier.length + 1 || today.length === 0) return today;
  const named = namedToday(earlier.slice(version - 1));
  return Object.keys(sealedFieldsOf(events, type, version)).filter((field) => today.includes(named(field)));
}

const namedToday =
  (steps: readonly EarlierVersion[]) =>
  (field: string): string =>
    steps.reduce((name, { renamed }) => renamed?.[name] ?? name, field);

/**
 * The version as which an event of this type is written. Throws `InvalidEventError` when the data do not fit the declared schema,
 * and `UnknownEventError` when the type is not declared.
 */
export function versionToWrite(events: Readonly<Record<string, EventDeclaration>>, type: string, data: object): number {
  const { version, faultsIn } = declarationOf(events, type, 1);
  const faults = faultsIn(data);
  if (faults.length > 0) throw new InvalidEventError(type, version, faults);
  return version;
}
