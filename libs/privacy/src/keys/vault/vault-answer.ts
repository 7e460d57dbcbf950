import { KeyProviderError } from '../key-errors.js';

const notUnderstood = (what: string): KeyProviderError =>
  new KeyProviderError('unexpected', `the answer of the key service has no ${what}`);

export function partOf(answer: unknown, name: string): object {
  const part: unknown = typeof answer === 'object' && answer !== null ? Reflect.get(answer, name) : undefined;
  if (typeof part !== 'object' || part === null) throw notUnderstood(name);
  return part;
}

export function textIn(part: object, name: string): string {
  const text: unknown = Reflect.get(part, name);
  if (typeof text !== 'string') throw notUnderstood(name);
  return text;
}

export function numberIn(part: object, name: string): number {
  const number: unknown = Reflect.get(part, name);
  if (typeof number !== 'number') throw notUnderstood(name);
  return number;
}
