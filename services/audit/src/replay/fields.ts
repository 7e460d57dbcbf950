import type { Fact } from './fact.js';

// Fields are read one by one, because nothing in the log is taken for what the writing service says it is.

export function textIn(data: Fact['data'], name: string): string | undefined {
  const value = data[name];
  return typeof value === 'string' ? value : undefined;
}

export function textsIn(data: Fact['data'], name: string): readonly string[] {
  const value = data[name];
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];
}

export function objectIn(data: Fact['data'], name: string): Fact['data'] {
  const value = data[name];
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

const uuidForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export const isUuid = (value: unknown): value is string => typeof value === 'string' && uuidForm.test(value);
