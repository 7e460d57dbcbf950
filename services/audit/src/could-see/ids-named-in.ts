/** The ids of one kind of entity that stand in attributes or in policies, however deep. */
export function idsNamedIn(value: unknown, type: string): readonly string[] {
  const found = new Set<string>();
  const look = (each: unknown): void => {
    if (typeof each !== 'object' || each === null) return;
    if ('type' in each && each.type === type && 'id' in each && typeof each.id === 'string') found.add(each.id);
    for (const part of Object.values(each)) look(part);
  };
  look(value);
  return [...found].toSorted();
}
