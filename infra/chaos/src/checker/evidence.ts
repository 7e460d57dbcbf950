/** A JSON object whose fields nobody has promised anything about. */
export type Fields = Readonly<Partial<Record<string, unknown>>>;

/** An event as it lies in the log's table. */
export interface LoggedEvent {
  readonly position: bigint;
  readonly stream: string;
  readonly category: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly schemaVersion: string;
  readonly recordedAt: string;
  readonly hash: string;
  /** The texts as stored, byte for byte, and what they say. */
  readonly dataText: string;
  readonly metadataText: string;
  readonly data: Fields;
  readonly metadata: Fields;
}

/** A record as it lies on a topic. `fields` is undefined when it is no JSON object. */
export interface Published {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly key: string | undefined;
  readonly text: string;
  readonly fields: Fields | undefined;
}

/** The rows of one table. */
export type Rows = readonly Fields[];

/** Rows of a service's own tables, by table. */
export type Tables = ReadonlyMap<string, Rows>;

/** What came of showing a receipt at the door once more. */
export interface ReceiptShown {
  readonly concernId: string;
  /** Why it does not open its concern; undefined when it does. */
  readonly fault: string | undefined;
  /** Ids of the disclosures in the client's ledger, the newest first, where the receipt opens one. */
  readonly ledger?: readonly string[];
}

export interface Evidence {
  /** In order of position. */
  readonly log: readonly LoggedEvent[];
  /** Records by topic without prefix, each partition in order of offset. */
  readonly topics: ReadonlyMap<string, readonly Published[]>;
  /** By service. */
  readonly tables: ReadonlyMap<string, Tables>;
  readonly receipts: readonly ReceiptShown[];
}

/** A field as text; empty when it is not there. */
export const text = (fields: Fields | undefined, name: string): string => {
  const value = fields?.[name];
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
};

/** A field as a list of texts; empty when it is none. */
export const list = (fields: Fields | undefined, name: string): readonly string[] => {
  const value = fields?.[name];
  return Array.isArray(value) ? value.map(String) : [];
};

/** A field as an object. */
export const object = (fields: Fields | undefined, name: string): Fields | undefined => {
  const value = fields?.[name];
  return isFields(value) ? value : undefined;
};

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The id behind the category in a stream's name. */
export const idOf = ({ stream, category }: LoggedEvent): string => stream.slice(category.length + 1);

/** Groups in the order in which they come. */
export function grouped<Item>(items: Iterable<Item>, keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}

/** The streams of a category: the events of each, by the id of what it is about. */
export const aggregatesOf = (
  log: readonly LoggedEvent[],
  wanted: string,
): ReadonlyMap<string, readonly LoggedEvent[]> =>
  grouped(
    log.filter(({ category }) => category === wanted),
    idOf,
  );

/** Where a referral stands after such an event. */
export const referralStatusAfter: Readonly<Record<string, string>> = {
  ReferralDrafted: 'drafted',
  ReferralBlocked: 'blocked_no_consent',
  ReferralSent: 'sent',
  ReferralAcknowledged: 'acknowledged',
  ReferralAccepted: 'accepted',
  ReferralDeclined: 'declined',
  ReferralServiceBegun: 'in_service',
  ReferralCompleted: 'completed',
  ReferralNotAttended: 'not_attended',
  ReferralRevoked: 'revoked',
  ReferralDeclinedByClient: 'declined_by_client',
  ReferralSuspended: 'suspended_consent_withdrawn',
};
