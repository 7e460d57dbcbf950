/** Whoever follows the log has read a sealed field that it does not name among those it opens. */
export class NotOpened extends Error {
  override readonly name = 'NotOpened';

  constructor(type: string, field: string) {
    super(`${type}.${field} is sealed and was not opened: whoever reads it has to name it`);
  }
}

/** Leaves these fields out of an event's data. To read one of them fails: what was not opened must not be taken for erased. */
export function leavingOut(type: string, fields: readonly string[]): (data: object) => object {
  if (fields.length === 0) return (data) => data;
  const unopened = new Set(fields);
  const fails = (field: string): PropertyDescriptor => ({
    get: () => {
      throw new NotOpened(type, field);
    },
  });
  const prototype = Object.create(
    Object.prototype,
    Object.fromEntries(fields.map((field) => [field, fails(field)])),
  ) as object;
  return (data) => {
    const left = Object.create(prototype) as Record<string, unknown>;
    for (const [field, value] of Object.entries(data)) if (!unopened.has(field)) left[field] = value;
    return left;
  };
}
