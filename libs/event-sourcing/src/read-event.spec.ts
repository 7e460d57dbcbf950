import { describe, expect, it } from '@jest/globals';
import { Type } from '@sinclair/typebox';
import { sealedFor } from './disclosed.js';
import { earlierVersion, readAsItIs } from './earlier-version.js';
import { declareEvents } from './event-declaration.js';
import { InvalidEventError, UnknownEventError } from './event-errors.js';
import { readAsCurrent, sealedFieldsOf, versionToWrite } from './read-event.js';

/** A visit in version 1 had minutes and its remark in the clear; 2 has hours and seals the remark; 3 calls it a note; 4 may name a room. */
const events = declareEvents({
  Visited: {
    version: 4,
    data: { hours: Type.Number(), note: Type.Optional(Type.String()), room: Type.Optional(Type.Integer()) },
    sealed: { note: sealedFor('client', 'narrative') },
    earlier: [
      earlierVersion({
        data: { minutes: Type.Integer(), remark: Type.Optional(Type.String()) },
        sealed: {},
        upcast: ({ minutes, ...rest }) => ({ hours: minutes / 60, ...rest }),
      }),
      earlierVersion({
        data: { hours: Type.Number(), remark: Type.Optional(Type.String()) },
        sealed: { remark: 'reporter' },
        renamed: { remark: 'note' },
        upcast: ({ remark, ...rest }) => ({ ...rest, ...(remark === undefined ? {} : { note: remark }) }),
      }),
      readAsItIs,
    ],
  },
});

const read = (version: number, data: object, erased: readonly string[] = []) =>
  readAsCurrent(events, 'Visited', version, { data, erased });

describe('an event of an earlier version', () => {
  it('is read as if it had been written today, step by step', () => {
    const today = { data: { hours: 2, note: 'jasmine' }, erased: [] };
    expect(read(1, { minutes: 120, remark: 'jasmine' })).toEqual(today);
    expect(read(2, { hours: 2, remark: 'jasmine' })).toEqual(today);
    expect(read(3, { hours: 2, note: 'jasmine' })).toEqual(today);
    expect(read(4, { hours: 2, note: 'jasmine' })).toEqual(today);
  });

  it('is read without what was erased, which is reported by its name of today', () => {
    expect(read(2, { hours: 2 }, ['remark'])).toEqual({ data: { hours: 2 }, erased: ['note'] });
    expect(read(3, { hours: 2 }, ['note'])).toEqual({ data: { hours: 2 }, erased: ['note'] });
  });

  it('is not told to lack what has no field any more', () => {
    expect(read(2, { hours: 2 }, ['dropped'])).toEqual({ data: { hours: 2 }, erased: [] });
  });

  it('is opened by what was sealed in its own version, and for whom', () => {
    const sealed = [1, 2, 3, 4].map((version) => sealedFieldsOf(events, 'Visited', version));
    expect(sealed).toEqual([{}, { remark: 'reporter' }, { note: 'client' }, { note: 'client' }]);
  });
});

describe('an event that is not known', () => {
  it.each([
    ['of a later release', 'Visited', 5, { known: 4 }],
    ['of no version', 'Visited', 0, { known: 4 }],
    ['of a type that is not declared', 'Vanished', 1, { known: undefined }],
    ['named like what every object has', 'toString', 1, { known: undefined }],
  ])('is not read when it is %s', (_which, type, version, said) => {
    const opened = { data: { hours: 1 }, erased: [] };
    const attempts = [() => readAsCurrent(events, type, version, opened), () => sealedFieldsOf(events, type, version)];
    for (const attempt of attempts) {
      expect(attempt).toThrow(UnknownEventError);
      expect(attempt).toThrow(expect.objectContaining({ type, version, ...said }));
    }
  });

  it('is not written either', () => {
    expect(() => versionToWrite(events, 'Vanished', {})).toThrow(UnknownEventError);
  });
});

describe('an event that is about to be written', () => {
  it('bears the current version', () => {
    expect(versionToWrite(events, 'Visited', { hours: 1.5, note: 'jasmine' })).toBe(4);
  });

  it.each([
    ['lacks a field', {}, '/hours'],
    ['has a field of another kind', { hours: 'jasmine' }, '/hours'],
    ['has a field that nobody declared', { hours: 1, secret: 'jasmine' }, '/secret'],
    ['is as an earlier version was', { minutes: 60 }, '/minutes'],
  ])('is refused when it %s, naming field and rule but no value', (_how, data, field) => {
    const attempt = () => versionToWrite(events, 'Visited', data);
    expect(attempt).toThrow(InvalidEventError);
    expect(attempt).toThrow(
      expect.objectContaining({ version: 4, faults: expect.arrayContaining([expect.stringContaining(`${field}: `)]) }),
    );
    expect(attempt).not.toThrow(/jasmine/);
  });
});
