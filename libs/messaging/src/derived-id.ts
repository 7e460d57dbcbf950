import { createHash } from 'node:crypto';

/**
 * A UUID (version 8, RFC 9562) that is the same for the same parts for ever: the first 122 free bits of a SHA-256.
 * Parts are kept apart, so ('a', 'bc') and ('ab', 'c') differ.
 */
export function derivedId(...parts: readonly string[]): string {
  const bytes = createHash('sha256').update(JSON.stringify(parts)).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
