import { describe, expect, it } from '@jest/globals';
import { copyValue } from './copy-value.js';

const column = (type: 'text' | 'jsonb' | 'integer', isArray = false) => ({ type, isArray, databaseName: 'note' });

describe('a value for COPY', () => {
  it('is NULL where JSON has null: nothing, and what is no number', () => {
    for (const value of [null, undefined, Number.NaN, Number.POSITIVE_INFINITY])
      expect(copyValue(column('integer'), value)).toBeNull();
    expect(copyValue(column('integer', true), [1, null, Number.NaN])).toBe('{"1",NULL,NULL}');
  });

  it('tells the text NULL in an array from what is NULL', () => {
    expect(copyValue(column('text', true), ['NULL', null, 'a"b\\c', ['d', '']])).toBe(
      '{"NULL",NULL,"a\\"b\\\\c",{"d",""}}',
    );
  });

  it('keeps an array as JSON in a column of JSON', () => {
    expect(copyValue(column('jsonb'), ['a', { b: [1] }])).toBe('["a",{"b":[1]}]');
  });

  it('is refused when it is half a character, which would arrive as another one', () => {
    expect(() => copyValue(column('text'), 'a\ud83d')).toThrow('not well-formed');
    expect(() => copyValue(column('text', true), ['\ude00'])).toThrow('not well-formed');
    expect(copyValue(column('text'), '😀')).toBe('😀');
  });

  it('is refused when it is no single value, with the name of its column', () => {
    expect(() => copyValue(column('text'), { a: 1 })).toThrow('note');
    expect(() => copyValue(column('text'), ['a'])).toThrow('note');
  });
});
