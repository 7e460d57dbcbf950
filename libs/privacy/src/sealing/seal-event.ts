import { sealedFieldsOf, type Subject, type Versions } from '@waymark/event-sourcing';
import { label } from '../keys/aes-gcm.js';
import { canonicalSubjectId, type KeyRing } from '../keys/key-ring.js';
import { openEnvelope } from './open-envelope.js';
import { toEnvelope, type SealedEnvelope } from './sealed-envelope.js';
import { SealRefusedError } from './sealing-errors.js';

/** The part of an `AggregateDeclaration` that sealing needs. */
export interface SealedFieldsDeclaration {
  readonly events: Readonly<Record<string, Versions>>;
}

/** Where a field lies; its seal holds nowhere else. `data` may be the whole event's or some fields kept from it in a view. */
export interface SealedEvent {
  readonly eventId: string;
  /** Type and version under which it was stored: open before reading it as a later version. */
  readonly type: string;
  readonly version: number;
  readonly data: object;
}

export interface OpenedEvent {
  readonly data: object;
  /** Sealed fields that are absent from `data` because their subject's key was destroyed. */
  readonly erased: readonly string[];
}

export interface EventSealer {
  /**
   * The data with every declared sealed field that is present in an envelope. Rejects with `UnknownEventError` when type or version
   * is not declared, with `SealRefusedError` when a subject's id is not known, and with `SubjectErasedError` when the subject's key was destroyed.
   */
  seal(event: SealedEvent & { readonly subjects: Readonly<Partial<Record<Subject, string>>> }): Promise<object>;
  /**
   * Opens what was sealed in the event's version. Rejects with `UnknownEventError` when that is not declared, with `SealBrokenError`
   * for an envelope that does not belong here, or a field in the clear that should be sealed.
   */
  open(event: SealedEvent): Promise<OpenedEvent>;
  /** As `open`, for the sealed fields named only; the other sealed fields are left out, unsealed fields stay. */
  openFields(event: SealedEvent, only: readonly string[]): Promise<OpenedEvent>;
}

type Field = readonly [name: string, value: unknown];

/** Seals and opens the events of one aggregate as its declaration says. */
export function createEventSealer(options: {
  readonly declaration: SealedFieldsDeclaration;
  readonly keyRing: KeyRing;
}): EventSealer {
  const { declaration, keyRing } = options;

  const declaredSubject = ({ type, version }: SealedEvent): ((field: string) => Subject | undefined) => {
    const sealed = sealedFieldsOf(declaration.events, type, version);
    return (field) => (Object.hasOwn(sealed, field) ? sealed[field] : undefined);
  };

  const associatedData = (event: SealedEvent, field: string, subjectId: string): string =>
    label('waymark.sealed-field.v1', keyRing.context, event.eventId, event.type, field, subjectId);

  const sealField = async (event: SealedEvent, field: string, value: unknown, id: string): Promise<SealedEnvelope> => {
    const subjectId = canonicalSubjectId(id);
    return toEnvelope(await keyRing.forSubject(subjectId), subjectId, value, associatedData(event, field, subjectId));
  };

  const openWhere = async (event: SealedEvent, wanted: (field: string) => boolean): Promise<OpenedEvent> => {
    const subjectOf = declaredSubject(event);
    const isWanted = ([field, value]: Field): boolean =>
      value !== undefined && subjectOf(field) !== undefined && wanted(field);
    // Most events, for most of those who follow them.
    if (!fieldsOf(event.data).some(isWanted)) return { data: without(event.data, subjectOf), erased: [] };
    const erased: string[] = [];
    const fields = await Promise.all(
      fieldsOf(event.data).map(async ([field, value]): Promise<readonly Field[]> => {
        if (subjectOf(field) === undefined) return [[field, value]];
        if (!isWanted([field, value])) return [];
        const bound = (subjectId: string) => associatedData(event, field, subjectId);
        const opened = await openEnvelope(keyRing, value, bound, { of: `event ${event.eventId}`, field });
        if ('value' in opened) return [[field, opened.value]];
        erased.push(field);
        return [];
      }),
    );
    return { data: Object.fromEntries(fields.flat()), erased: erased.sort() };
  };

  return {
    async seal(event) {
      const subjectOf = declaredSubject(event);
      const fields = fieldsOf(event.data).filter(([field, value]) => value !== undefined || !subjectOf(field));
      const planned = fields.map(([field, value]) => {
        const subject = subjectOf(field);
        const id = subject && event.subjects[subject];
        if (subject && id === undefined) throw new SealRefusedError('subject_unknown', event.type, field);
        return { field, value, id };
      });
      const sealed = planned.map(async ({ field, value, id }): Promise<Field> => [
        field,
        id === undefined ? value : await sealField(event, field, value, id),
      ]);
      return Object.fromEntries(await Promise.all(sealed));
    },
    open: (event) => openWhere(event, () => true),
    openFields: (event, only) => openWhere(event, (field) => only.includes(field)),
  };
}

const without = (data: object, sealed: (field: string) => Subject | undefined): object =>
  Object.fromEntries(fieldsOf(data).filter(([field]) => sealed(field) === undefined));

const fieldsOf = (data: object): readonly Field[] => Object.entries(data);
