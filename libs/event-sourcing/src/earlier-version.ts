import { type TObject, type TProperties, Type } from '@sinclair/typebox';
import type { ShapeOf } from './shape.js';
import type { Subject } from './subject.js';

export type SealedFields<Fields extends TProperties> = { readonly [Field in keyof Fields]?: Subject };

/** How events of one earlier version are read as events of the next. */
export interface EarlierVersion {
  /** What an event of this version says; left out where only its golden file tells. */
  readonly schema?: TObject;
  /** What was sealed for whom in this version; when left out, what is sealed in the next. */
  readonly sealed?: Readonly<Partial<Record<string, Subject>>>;
  /** Sealed fields that have another name in the next version: an erased one is reported by its name of today. */
  readonly renamed?: Readonly<Partial<Record<string, string>>>;
  /** Pure, from opened data. Sealed fields may be missing, because they were erased: it must do without. */
  upcast(data: object): object;
}

/** For a change that leaves old events as they are: a field was added that may be absent, or more is allowed than before. */
export const readAsItIs: EarlierVersion = { upcast: (data) => data };

/** An earlier version that is read differently; its fields are kept so that the compiler can check `upcast` and `sealed`. */
export function earlierVersion<
  Fields extends TProperties,
  const Sealed extends SealedFields<Fields> = Record<never, never>,
>(version: {
  readonly data: Fields;
  readonly sealed: Sealed;
  readonly renamed?: { readonly [Field in keyof Sealed]?: string };
  readonly upcast: (data: Opened<ShapeOf<Fields>, keyof Sealed>) => object;
}): EarlierVersion {
  const { data, sealed, renamed, upcast } = version;
  const schema = Type.Object<TProperties>(data, { additionalProperties: false });
  return { schema, sealed, ...(renamed ? { renamed } : {}), upcast };
}

/** Data of which every sealed field may have been erased. */
type Opened<Data, Sealed extends PropertyKey> = Omit<Data, Sealed> & Partial<Pick<Data, Sealed & keyof Data>>;
