import { describe, expect, it } from '@jest/globals';
import { allMessages, type JsonSchema, type MessageContract, toJsonSchema } from '@waymark/contracts';
import { breaks } from './compatibility.js';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { readRecord, recordFile } from './papers.js';
import { breaksOf, IncompatibleChange, isRecorded, recordOf } from './published-record.js';

const changed = (contract: MessageContract, change: (schema: JsonSchema) => object): MessageContract => ({
  ...contract,
  schema: Object.assign({}, contract.schema, change(contract.schema)),
});
const withField = (name: string, field: object) => (schema: JsonSchema) => ({
  properties: { ...Object(schema['properties']), [name]: field },
});

describe('every published message', () => {
  it.each(allMessages)('$type is as it was published; `npm run messages` records what is new', (contract) => {
    const record = readRecord(contract);
    expect(record && breaksOf(record, contract)).toEqual([]);
    expect(isRecorded(record, contract)).toBe(true);
  });

  it.each(allMessages)('$type has revisions of which each can be read by the readers of all others', (contract) => {
    const revisions = readRecord(contract)?.revisions ?? [];
    for (const [index, revision] of revisions.entries())
      for (const earlier of revisions.slice(0, index)) expect(breaks(earlier, revision)).toEqual([]);
  });

  it('is still declared, or its readers are alone', () => {
    const [first] = allMessages;
    const folder = path.dirname(first ? recordFile(first) : '');
    expect(readdirSync(folder).sort()).toEqual(allMessages.map(({ type }) => `${type}.json`).sort());
  });
});

describe('the record of a message', () => {
  const [contract] = allMessages;
  if (!contract) throw new Error('no message is declared');
  const record = recordOf(undefined, contract);

  it('begins with the schema as it was declared first', () => {
    expect(record).toMatchObject({ type: contract.type, revisions: [toJsonSchema(contract.schema)] });
    expect(recordOf(record, contract)).toBe(record);
  });

  it('takes an optional field as a further revision and keeps the ones before', () => {
    const grown = changed(contract, withField('more', { type: 'integer' }));
    const after = recordOf(record, grown);
    expect(after.revisions).toEqual([...record.revisions, toJsonSchema(grown.schema)]);
    expect(isRecorded(record, grown)).toBe(false);
    const retyped = changed(contract, withField('more', { type: 'boolean' }));
    expect(() => recordOf(after, retyped)).toThrow(IncompatibleChange);
    expect(() => recordOf(after, contract)).toThrow(IncompatibleChange);
  });

  it('is never overwritten: the next version is to be declared beside it', () => {
    const broken = changed(contract, () => ({ required: [] }));
    const next = contract.type.replace('.v1', '.v2');
    expect(() => recordOf(record, broken)).toThrow(expect.objectContaining({ message: expect.stringContaining(next) }));
    expect(() => recordOf(record, { ...contract, topic: 'waymark.elsewhere' })).toThrow(IncompatibleChange);
    expect(() => recordOf(record, { ...contract, key: 'somebody' })).toThrow(IncompatibleChange);
  });
});
