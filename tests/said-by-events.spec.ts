import { describe, expect, it } from '@jest/globals';
import { Type } from '@sinclair/typebox';
import { declareEvents, readAsItIs } from '@waymark/event-sourcing';
import { definitions } from '@waymark/services';
import { faultsOfSaid, recordOfSaid, type Said, saidBy, saidNow, writeSaid } from './said-by-events.fixture.js';

const publishing = definitions.filter(({ publish, publishFacts }) => publish ?? publishFacts);

describe('what events say to other services', () => {
  it.each(publishing.map((service) => [service.name, service] as const))(
    'is the same for ever in %s: the numbers of messages follow from it',
    (name, service) => {
      const now = saidNow(service);
      if (process.env.WAYMARK_WRITE_GOLDEN_EVENTS !== undefined) writeSaid(name, now);
      expect(Object.keys(now).length).toBeGreaterThan(5);
      expect(faultsOfSaid(recordOfSaid(name), now)).toEqual([]);
    },
  );
});

describe('the record of what an event says', () => {
  const visit = {
    kind: Type.Union([Type.Literal('home'), Type.Literal('office')]),
    room: Type.Optional(Type.Integer()),
  };
  const schema = {
    type: 'object',
    required: ['kind'],
    properties: { kind: { enum: ['home', 'office'] }, room: { type: 'integer' } },
  };
  const events = declareEvents({ Visited: { version: 2, data: visit, sealed: {}, earlier: [readAsItIs] } });
  type Translate = (version: number, data: { readonly kind: string; readonly room?: number }) => readonly string[];
  const said = (translate: Translate): Said =>
    Object.fromEntries(
      [1, 2].map((version) => {
        const golden = { type: 'Visited', version, schema, sealed: {}, examples: [{ kind: 'home', room: 1 }] };
        const service = {
          publish: (event: { readonly schemaVersion: number; readonly data: object }) =>
            translate(event.schemaVersion, event.data as { readonly kind: string }).map((type) => ({
              ...{ type, subject: 'a', data: {} },
            })),
        };
        return [`Visited.v${version}`, saidBy(service, { category: 'visit', events }, golden)] as const;
      }),
    );
  const before = said(() => ['visited']);

  it('fits what was recorded', () => {
    expect(before['Visited.v1']).toEqual({ says: ['visited'] });
    expect(faultsOfSaid(before, before)).toEqual([]);
  });

  it.each<[string, Translate]>([
    ['a message more', () => ['visited', 'seen']],
    ['a message less', () => []],
    ['messages in another order or of another type', () => ['seen']],
    [
      'a message more of one code only',
      (_version, { kind }) => (kind === 'office' ? ['visited', 'seen'] : ['visited']),
    ],
    [
      'a message more where a field is absent',
      (_version, { room }) => (room === undefined ? ['visited', 'seen'] : ['visited']),
    ],
  ])('tells %s of what is in logs', (_what, translate) => {
    expect(faultsOfSaid(before, said(translate))).toEqual([
      expect.stringMatching(/^Visited[.]v1: says .* numbers of messages would move$/),
      expect.stringMatching(/^Visited[.]v2: says .* numbers of messages would move$/),
    ]);
  });

  it('is asked for with a new version, which may say more than the one before did', () => {
    const { 'Visited.v1': first } = before;
    const more = said((version) => (version === 1 ? ['visited'] : ['visited', 'seen']));
    expect(faultsOfSaid(first ? { 'Visited.v1': first } : {}, more)).toEqual([
      expect.stringMatching(/^Visited[.]v2: what it says is not recorded/),
    ]);
  });

  it('tells that a new version alone is not enough, when what was written before is read as it and says more too', () => {
    const { 'Visited.v1': first } = before;
    expect(
      faultsOfSaid(
        first ? { 'Visited.v1': first } : {},
        said(() => ['visited', 'seen']),
      ),
    ).toEqual(
      expect.arrayContaining([expect.stringMatching(/^Visited[.]v1: says .* numbers of messages would move$/)]),
    );
  });
});
