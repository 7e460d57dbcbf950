/** Type oids of PostgreSQL, the same in every server (pg_type.dat). */
const oids = { int8: 20, int4: 23, text: 25, uuid: 2950 } as const;

export const binaryInteger = (value: number): Buffer => {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeInt32BE(value);
  return bytes;
};

export const binaryBigInteger = (value: number): Buffer => {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigInt64BE(BigInt(value));
  return bytes;
};

export const binaryUuid = (value: string): Buffer => Buffer.from(value.replaceAll('-', ''), 'hex');

/**
 * A one-dimensional array in the binary form that `array_recv` of PostgreSQL reads: dimensions, a flag for nulls, the element's
 * type, length and lower bound, then each element after its length. `pg` sends a Buffer as a binary parameter.
 */
export function binaryArray<Item>(
  type: keyof typeof oids,
  items: readonly Item[],
  bytesOf: (item: Item) => Buffer | string,
): Buffer {
  const header = Buffer.allocUnsafe(20);
  header.writeInt32BE(1, 0);
  header.writeInt32BE(0, 4);
  header.writeInt32BE(oids[type], 8);
  header.writeInt32BE(items.length, 12);
  header.writeInt32BE(1, 16);
  const parts: Buffer[] = [header];
  for (const item of items) {
    const value = bytesOf(item);
    const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
    parts.push(binaryInteger(bytes.length), bytes);
  }
  return Buffer.concat(parts);
}
