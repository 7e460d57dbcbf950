import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import { allMessages } from '@waymark/contracts';
import { decodeMessage } from '@waymark/messaging';
import { messagesOf } from '@waymark/service-kit';
import { definitions } from '@waymark/services';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { CloudEvent } from 'cloudevents';
import { asyncApiOf } from './async-api.js';
import { exampleMessage } from './example-message.js';
import { asyncApiFile } from './papers.js';

const document = JSON.parse(JSON.stringify(asyncApiOf(definitions.map(messagesOf))));

const ajv = new Ajv({ strict: false, validateFormats: true });
addFormats.default(ajv);
const isAsyncApi = ajv.compile(createRequire(import.meta.url)('@asyncapi/specs/schemas/3.0.0-without-$id.json'));

function* referencesIn(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value))
    if (name === '$ref') yield String(inner);
    else yield* referencesIn(inner);
}

const find = (reference: string): unknown =>
  reference
    .slice(2)
    .split('/')
    .reduce<unknown>(
      (value, name) => (typeof value === 'object' && value !== null ? Object(value)[name] : undefined),
      document,
    );

const payloadRule = new Ajv({ strict: false });
addFormats.default(payloadRule);
payloadRule.addSchema({ $id: 'https://waymark.invalid/messages', components: document.components });
const payloadOf = (type: string) =>
  payloadRule.compile({
    $ref: `https://waymark.invalid/messages#/components/messages/${type}/payload`,
  });

describe('docs/asyncapi.json', () => {
  it('says what the services declare; `npm run messages` writes it', () => {
    expect(JSON.parse(readFileSync(asyncApiFile, 'utf8'))).toEqual(document);
  });

  it('is AsyncAPI 3.0, and its references lead somewhere', () => {
    isAsyncApi(document);
    expect(isAsyncApi.errors ?? []).toEqual([]);
    expect([...referencesIn(document)].filter((reference) => find(reference) === undefined)).toEqual([]);
  });

  it.each([
    ['without a title', { ...document, info: { version: '1' } }],
    ['of an older AsyncAPI', { ...document, asyncapi: '2.6.0' }],
    ['with an operation that neither sends nor receives', { ...document, operations: { x: { action: 'shout' } } }],
    ['with a server that has no protocol', { ...document, servers: { kafka: { host: 'kafka:9092' } } }],
  ])('would not be AsyncAPI %s', (_what, broken) => {
    expect(isAsyncApi(broken)).toBe(false);
  });

  it('names every message once, with who sends it', () => {
    expect(Object.keys(document.components.messages).sort()).toEqual(allMessages.map(({ type }) => type).sort());
    expect(document.operations['case.receive.waymark.intake'].messages).toEqual([
      { $ref: '#/channels/waymark.intake/messages/intake.concern-accepted.v1' },
      { $ref: '#/channels/waymark.intake/messages/intake.case-requested.v1' },
      { $ref: '#/channels/waymark.intake/messages/intake.link-requested.v1' },
    ]);
    expect(document.operations['intake.send.waymark.facts'].action).toBe('send');
  });
});

describe('the examples of messages', () => {
  const examples = allMessages.flatMap((contract) =>
    contract.examples.map((example) => ({ type: contract.type, contract, message: exampleMessage(contract, example) })),
  );

  it.each(examples)('of $type keep the schema in the document, and are CloudEvents', ({ type, message }) => {
    const keeps = payloadOf(type);
    keeps(message);
    expect(keeps.errors ?? []).toEqual([]);
    expect(() => new CloudEvent({ ...message }, true)).not.toThrow();
    expect(decodeMessage(Buffer.from(JSON.stringify(message)))).toEqual(message);
  });

  it.each(examples)(
    'of $type would not keep it as another message, or with more or broken data',
    ({ type, message }) => {
      const keeps = payloadOf(type);
      const [field = ''] = Object.keys(message.data);
      for (const broken of [
        { ...message, type: 'test.other-thing.v1' },
        { ...message, sequence: '1' },
        { ...message, data: { ...message.data, note: 'She told me.' } },
        { ...message, data: { ...message.data, [field]: 'She told me.' } },
      ])
        expect(keeps(broken)).toBe(false);
    },
  );
});
