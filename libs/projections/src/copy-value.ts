import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';

type Column = Pick<ColumnMetadata, 'type' | 'isArray' | 'databaseName'>;

/**
 * A property as COPY reads it in text format, before escaping; null for NULL. The same row comes of it as of the property in JSON,
 * and what a JSON text cannot say PostgreSQL or this refuses.
 */
export function copyValue({ type, isArray, databaseName }: Column, value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (type === 'jsonb' || type === 'json') return wellFormed(JSON.stringify(value));
  if (isArray && Array.isArray(value)) return arrayOf(value);
  const text = textOf(value);
  if (text === undefined) throw new TypeError(`COPY cannot say what is in ${databaseName}`);
  return text;
}

const arrayOf = (items: readonly unknown[]): string => `{${items.map(elementOf).join(',')}}`;

function elementOf(item: unknown): string {
  if (Array.isArray(item)) return arrayOf(item);
  if (item === null || item === undefined) return 'NULL';
  const text = textOf(item);
  if (text === undefined) throw new TypeError('COPY cannot say what is in an array');
  return text === null ? 'NULL' : `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** Undefined for what is no single value. */
function textOf(value: unknown): string | null | undefined {
  if (typeof value === 'string') return wellFormed(value);
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : null;
  if (typeof value === 'boolean') return String(value);
  return value instanceof Date ? value.toISOString() : undefined;
}

/** UTF-8 has no half of a pair, and would have another character in its place. */
function wellFormed(text: string): string {
  if (/\p{Surrogate}/u.test(text)) throw new TypeError('a text is not well-formed Unicode');
  return text;
}
