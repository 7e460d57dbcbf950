import type { RecordedEvent } from '@waymark/event-store';

/** A recorded event of which sealed fields have been opened. `erased` names those whose key is gone. */
export interface OpenedEvent extends Omit<RecordedEvent, 'data'> {
  readonly data: object;
  readonly erased: readonly string[];
}

/** Names of sealed fields, by type of event. */
export type SealedFields = Readonly<Partial<Record<string, readonly string[]>>>;

/** The same of the events of a union: a field that is not there does not compile. */
export type FieldsOf<Event extends { readonly type: string; readonly data: object }> = {
  readonly [E in Event as E['type']]?: readonly (keyof E['data'] & string)[];
};

/** An event with its data as they were opened. It looks up the rest: to copy what is read of the log costs more than most folds. */
export const openedAs = (recorded: RecordedEvent, { data, erased }: Opened): OpenedEvent =>
  new EventOpened(recorded, data, erased);

type Opened = Pick<OpenedEvent, 'data' | 'erased'>;

class EventOpened implements OpenedEvent {
  constructor(
    private readonly recorded: RecordedEvent,
    readonly data: object,
    readonly erased: readonly string[],
  ) {}

  get id() {
    return this.recorded.id;
  }
  get type() {
    return this.recorded.type;
  }
  get schemaVersion() {
    return this.recorded.schemaVersion;
  }
  get metadata() {
    return this.recorded.metadata;
  }
  get stream() {
    return this.recorded.stream;
  }
  get category() {
    return this.recorded.category;
  }
  get revision() {
    return this.recorded.revision;
  }
  get position() {
    return this.recorded.position;
  }
  get recordedAt() {
    return this.recorded.recordedAt;
  }
  get hash() {
    return this.recorded.hash;
  }
  get stored() {
    return this.recorded.stored;
  }
}
