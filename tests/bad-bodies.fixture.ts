import { type Document, resolve, type Schema } from './open-api.fixture.js';

/** A body that breaks one rule, and the field that the refusal has to name. */
export interface BadBody {
  readonly fault: string;
  readonly field: string;
  readonly body: unknown;
}

const samples = ['AR-B', 'AR', 'en', '1.0', 'desk-risk', '0197d000-0000-7000-8000-000000000001', '1', 'contact'];

/** A value that keeps every rule of a schema. */
export function goodValue(document: Document, given: Schema): unknown {
  const schema = resolve(document, given);
  if (schema.enum) return schema.enum[0];
  switch (schema.type) {
    case 'boolean':
      return false;
    case 'integer':
      return schema.minimum ?? 0;
    case 'array':
      return schema.items && (schema.minItems ?? 0) > 0 ? [goodValue(document, schema.items)] : [];
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([name, property]) => [name, goodValue(document, property)]),
      );
    case undefined:
    default:
      return goodText(schema);
  }
}

function goodText(schema: Schema): string {
  if (schema.format === 'uuid') return '0197d000-0000-7000-8000-000000000001';
  if (schema.format === 'date-time') return '2026-03-02T08:00:00.000Z';
  if (typeof schema.example === 'string') return schema.example;
  const form = new RegExp(schema.pattern ?? '', 'u');
  const found = samples.find((sample) => form.test(sample) && sample.length <= (schema.maxLength ?? Infinity));
  if (found === undefined) throw new Error(`no sample for ${schema.pattern}`);
  return found;
}

/** Everything that can be wrong with a value of a schema. */
function badValues(schema: Schema): readonly (readonly [fault: string, value: unknown])[] {
  const kinds = {
    ...{ null: null, 'a number': 7, 'a flag': true, 'a text': 'x', 'a list': ['x'], 'an object': { x: 1 } },
    'a list in a list': [['x']],
  };
  const own = { integer: 'a number', boolean: 'a flag', array: 'a list', object: 'an object', string: 'a text' };
  const type = (schema.type ?? 'string') as keyof typeof own;
  const wrongKinds = Object.entries(kinds).filter(([kind]) => kind !== own[type]);
  return [...wrongKinds.map(([kind, value]) => [`${kind} for ${type}`, value] as const), ...ofType(schema, type)];
}

function ofType(schema: Schema, type: string): readonly (readonly [string, unknown])[] {
  if (schema.enum)
    return [
      ['a wrong code', 'no_such_code'],
      ['an empty code', ''],
      ['a code in capitals', 'OTHER'],
    ];
  switch (type) {
    case 'integer':
      return [
        ['too small', (schema.minimum ?? 0) - 1],
        ['too large', (schema.maximum ?? 0) + 1],
        ['a fraction', 1.5],
      ];
    case 'array':
      return badLists(schema);
    case 'string':
      return badTexts(schema);
    default:
      return [];
  }
}

function badLists({ items, minItems = 0, maxItems }: Schema): readonly (readonly [string, unknown])[] {
  const code = items?.enum?.[0];
  return [
    ...(minItems > 0 ? [['an empty list', []] as const] : []),
    ...(maxItems === undefined ? [] : [['too many', Array.from({ length: maxItems + 1 }, () => code ?? 'x')] as const]),
    ...(code === undefined
      ? []
      : ([
          ['a code twice', [code, code]],
          ['a wrong code', ['no_such_code']],
        ] as const)),
    ['null in a list', [null]],
    ['a number in a list', [7]],
  ];
}

function badTexts({ format, maxLength, pattern }: Schema): readonly (readonly [string, unknown])[] {
  if (format === 'uuid') return ['', 'no-id', '0197d000', ' '].map((value) => [`"${value}" for an id`, value] as const);
  if (format === 'date-time')
    return [
      '',
      'yesterday',
      '2026-03-02',
      '2026-03-02T08:00:00',
      '2026-02-30T08:00:00Z',
      '0000-01-01T00:00:00Z',
      '2026-03-02T24:00:00Z',
      '2026-03-02T08:00:00+16:33',
      '1e3',
    ].map((value) => [`"${value}" for a moment`, value] as const);
  return [
    ['an empty text', ''],
    ['a NUL', 'a\0b'],
    ['half a surrogate pair', 'a\ud800'],
    ...(maxLength === undefined ? [] : [['too long', 'a'.repeat(maxLength + 1)] as const]),
    ...(pattern === '\\S' ? [['blank', ' \n\t '] as const] : [['a line break', 'AR\n'] as const]),
  ];
}

/** Every body that breaks one rule of a schema: of each field, at every depth. */
export function badBodies(document: Document, given: Schema): readonly BadBody[] {
  const schema = resolve(document, given);
  const good = Object(goodValue(document, schema));
  const properties = Object.entries(schema.properties ?? {});
  const missing = (schema.required ?? []).map((field) => {
    const { [field]: _left, ...body } = good;
    return { fault: 'left out', field, body };
  });
  const broken = properties.flatMap(([field, property]) => {
    const own = resolve(document, property);
    const values = badValues(own).map(([fault, value]) => ({ fault, field, body: { ...good, [field]: value } }));
    return [
      ...values,
      ...nested(document, own, field).map((bad) => ({ ...bad, body: { ...good, [field]: bad.body } })),
    ];
  });
  return [{ fault: 'unknown', field: 'unknownField', body: { ...good, unknownField: 1 } }, ...missing, ...broken];
}

function nested(document: Document, schema: Schema, field: string): readonly BadBody[] {
  if (schema.type === 'object')
    return badBodies(document, schema).map((bad) => ({ ...bad, field: `${field}.${bad.field}` }));
  const items = schema.items && resolve(document, schema.items);
  if (items?.type !== 'object') return [];
  return badBodies(document, items).map((bad) => ({ ...bad, field: `${field}.0.${bad.field}`, body: [bad.body] }));
}
