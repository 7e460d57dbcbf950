import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Subject, UnknownEventError } from '@waymark/event-sourcing';
import { createTestDatabase, type TestDatabase } from '@waymark/testing';
import fc from 'fast-check';
import pg from 'pg';
import { dataKeysMigration } from '../keys/data-keys.js';
import { SubjectErasedError } from '../keys/key-errors.js';
import { createKeyFile } from '../keys/create-key-file.js';
import { openKeyFile } from '../keys/key-file.js';
import { createKeyRing, type KeyRing } from '../keys/key-ring.js';
import { peopleTexts } from './people-texts.fixture.js';
import { createEventSealer, type EventSealer } from './seal-event.js';
import { openValue, sealValue } from './seal-value.js';
import { isSealed, type SealedEnvelope } from './sealed-envelope.js';

const sealed = { narrative: 'reporter', matter: 'reporter', place: 'reporter', alleged: 'alleged_person' } as const;
const declaration = {
  events: {
    MatterRaised: { version: 1, sealed },
    MatterAmended: { version: 1, sealed },
    MatterClosed: { version: 1, sealed: {} },
  },
};

let folder: string;
let testDatabase: TestDatabase;
let pool: pg.Pool;
let keyRing: KeyRing;
let sealer: EventSealer;
let ringOf: (context: string) => KeyRing;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'waymark-seal-'));
  await createKeyFile({ path: join(folder, 'keys') });
  const provider = await openKeyFile({ path: join(folder, 'keys') });
  testDatabase = await createTestDatabase('privacy');
  pool = new pg.Pool({ connectionString: testDatabase.url, max: 4 });
  await pool.query(dataKeysMigration);
  ringOf = (context) => createKeyRing({ context, database: pool, provider });
  keyRing = ringOf('intake');
  sealer = createEventSealer({ declaration, keyRing });
});
afterAll(async () => {
  await pool.end();
  await testDatabase.drop();
  await rm(folder, { recursive: true });
});

const people = () =>
  ({ reporter: randomUUID(), alleged_person: randomUUID() }) satisfies Partial<Record<Subject, string>>;
const raised = (data: object, subjects: Partial<Record<Subject, string>> = people()) => ({
  eventId: randomUUID(),
  type: 'MatterRaised',
  version: 1,
  data,
  subjects,
});
const sealedEvent = async (event: ReturnType<typeof raised>) => ({ ...event, data: await sealer.seal(event) });

/** The envelope in a field, for tests that move or damage it. */
function envelopeIn(data: object, field: string): SealedEnvelope {
  const value: unknown = Object.entries(data).find(([name]) => name === field)?.[1];
  if (!isSealed(value)) throw new Error(`${field} is not sealed`);
  return value;
}

describe('a sealed event', () => {
  it.each(peopleTexts)('gives back %s as it was', async (_, narrative) => {
    const event = await sealedEvent(raised({ channel: 'portal', narrative }));
    const text = JSON.stringify(event.data);
    if (narrative.trim().length > 3) expect(text).not.toContain(narrative.slice(0, 8));
    const { data, erased } = await sealer.open({ ...event, data: JSON.parse(text) });
    expect(data).toEqual({ channel: 'portal', narrative });
    expect(erased).toEqual([]);
  });

  it('gives back whatever JSON can express', async () => {
    const subjects = people();
    const json = fc.jsonValue({ depthSize: 'small' });
    await fc.assert(
      fc.asyncProperty(fc.record({ place: json, alleged: json, channel: json }), async (data) => {
        const event = await sealedEvent(raised(data, subjects));
        const read = await sealer.open({ ...event, data: JSON.parse(JSON.stringify(event.data)) });
        expect(JSON.stringify(read.data)).toBe(JSON.stringify(data));
      }),
      { numRuns: 200 },
    );
  });

  it('leaves fields in the clear that are not declared, and absent fields absent', async () => {
    const { data } = await sealedEvent(raised({ channel: 'portal', narrative: undefined, matter: ['fraud'] }));
    expect(data).toEqual({
      channel: 'portal',
      matter: { $sealed: { subject: expect.any(String), data: expect.any(String) } },
    });
    const closed = {
      eventId: randomUUID(),
      type: 'MatterClosed',
      version: 1,
      data: { at: '2026-03-01' },
      subjects: {},
    };
    expect(await sealer.seal(closed)).toEqual({ at: '2026-03-01' });
  });

  it('never has the same bytes for the same text', async () => {
    const event = raised({ narrative: 'the same' });
    const [once, again] = [await sealer.seal(event), await sealer.seal(event)];
    expect(envelopeIn(once, 'narrative').$sealed.data).not.toBe(envelopeIn(again, 'narrative').$sealed.data);
  });

  it('does not tell by its length which of a list’s codes it holds', async () => {
    const lengths = new Set<number>();
    for (const code of ['fraud', 'abuse_of_authority', 'sexual_exploitation', 'other']) {
      const { data } = await sealedEvent(raised({ matter: [code], alleged: code }));
      lengths.add(envelopeIn(data, 'matter').$sealed.data.length);
      lengths.add(envelopeIn(data, 'alleged').$sealed.data.length);
    }
    expect(lengths.size).toBe(1);
  });

  it('is not stored in the clear when the person is not known', async () => {
    const unknown = sealer.seal(raised({ narrative: 'text', alleged: 'N. N.' }, { reporter: randomUUID() }));
    await expect(unknown).rejects.toMatchObject({ reason: 'subject_unknown', field: 'alleged' });
    const undeclared = sealer.seal({ ...raised({ narrative: 'text' }), type: 'MatterInvented' });
    await expect(undeclared).rejects.toThrow(UnknownEventError);
    await expect(sealer.seal(raised({ narrative: () => 'text' }))).rejects.toThrow(TypeError);
  });

  it('opens only the fields asked for, and leaves the other sealed ones out', async () => {
    const event = await sealedEvent(raised({ channel: 'portal', narrative: 'text', matter: ['fraud'] }));
    expect(await sealer.openFields(event, ['matter'])).toEqual({
      data: { channel: 'portal', matter: ['fraud'] },
      erased: [],
    });
    expect((await sealer.openFields(event, [])).data).toEqual({ channel: 'portal' });
  });

  it('is unreadable for an erased person, readable for the others of the same matter', async () => {
    const subjects = people();
    const event = await sealedEvent(
      raised({ channel: 'portal', narrative: 'text', matter: ['fraud'], alleged: 'N. N.' }, subjects),
    );
    await keyRing.destroy(subjects.reporter);
    expect(await sealer.open(event)).toEqual({
      data: { channel: 'portal', alleged: 'N. N.' },
      erased: ['matter', 'narrative'],
    });
    expect((await sealer.openFields(event, ['narrative'])).erased).toEqual(['narrative']);
    await expect(sealer.seal(raised({ narrative: 'more' }, subjects))).rejects.toThrow(SubjectErasedError);
  });
});

describe('the seal of a field', () => {
  const broken = (reason: string, field: string) => ({ name: 'SealBrokenError', reason, field });

  it.each(['event', 'type', 'field', 'subject', 'context'])('breaks when it is moved to another %s', async (where) => {
    const subjects = people();
    await keyRing.forSubject(subjects.alleged_person);
    const event = await sealedEvent(raised({ narrative: 'a secret text' }, subjects));
    const envelope = envelopeIn(event.data, 'narrative');
    const otherSubject = { $sealed: { ...envelope.$sealed, subject: subjects.alleged_person } };
    const moved = {
      event: () => sealer.open({ ...event, eventId: randomUUID() }),
      type: () => sealer.open({ ...event, type: 'MatterAmended' }),
      field: () => sealer.open({ ...event, data: { alleged: envelope } }),
      subject: () => sealer.open({ ...event, data: { narrative: otherSubject } }),
      context: () => createEventSealer({ declaration, keyRing: ringOf('case') }).open(event),
    }[where];
    await expect(moved?.()).rejects.toMatchObject(broken('altered', where === 'field' ? 'alleged' : 'narrative'));
  });

  it('breaks when any bit of it is changed, and says where but not what', async () => {
    const event = await sealedEvent(raised({ narrative: 'a secret text' }));
    const envelope = envelopeIn(event.data, 'narrative');
    const bytes = Buffer.from(envelope.$sealed.data, 'base64url');
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1 << (at % 8);
      const narrative = { $sealed: { ...envelope.$sealed, data: changed.toString('base64url') } };
      const error: unknown = await sealer.open({ ...event, data: { narrative } }).catch((reason: unknown) => reason);
      expect(error).toMatchObject(broken('altered', 'narrative'));
      expect(String(error)).toContain(event.eventId);
      expect(String(error)).not.toContain('secret');
    }
    for (const data of ['', 'AAAA', bytes.subarray(0, -1).toString('base64url')]) {
      const narrative = { $sealed: { ...envelope.$sealed, data } };
      await expect(sealer.open({ ...event, data: { narrative } })).rejects.toMatchObject(
        broken('altered', 'narrative'),
      );
    }
  });

  it('is demanded on reading: text in the clear is refused', async () => {
    const event = await sealedEvent(raised({ narrative: 'text' }));
    for (const narrative of ['text', null, { $sealed: 'text' }, { $sealed: { subject: 'x' } }]) {
      await expect(sealer.open({ ...event, data: { narrative } })).rejects.toMatchObject(
        broken('not_sealed', 'narrative'),
      );
    }
  });

  it('is broken, and not erased, when its key is not there at all', async () => {
    const subjects = people();
    const event = await sealedEvent(raised({ narrative: 'text' }, subjects));
    await pool.query('DELETE FROM data_keys WHERE subject_id = $1', [subjects.reporter]);
    const elsewhere = createEventSealer({ declaration, keyRing: ringOf('intake') });
    await expect(elsewhere.open(event)).rejects.toMatchObject(broken('key_missing', 'narrative'));
  });

  it('holds a text that looks like an envelope itself', async () => {
    const place = { $sealed: { subject: randomUUID(), data: 'AAAA' } };
    expect((await sealer.open(await sealedEvent(raised({ place })))).data).toEqual({ place });
  });
});

describe('a sealed value', () => {
  const label = 'package/1/narrative';

  it.each(peopleTexts)('gives back %s as it was', async (_, value) => {
    const sealedValue = await sealValue({ keyRing, subject: randomUUID(), label, value });
    expect(await openValue({ keyRing, label, sealed: sealedValue })).toEqual({ value });
  });

  it('opens under its own label and context only', async () => {
    const sealedValue = await sealValue({ keyRing, subject: randomUUID(), label, value: 'text' });
    const elsewhere = openValue({ keyRing, label: 'package/2/narrative', sealed: sealedValue });
    await expect(elsewhere).rejects.toMatchObject({
      name: 'SealBrokenError',
      reason: 'altered',
      place: 'package/2/narrative',
    });
    const inOtherContext = openValue({ keyRing: ringOf('referral'), label, sealed: sealedValue });
    await expect(inOtherContext).rejects.toMatchObject({ reason: 'altered' });
    await expect(openValue({ keyRing, label, sealed: 'text' })).rejects.toMatchObject({ reason: 'not_sealed' });
  });

  it('is erased with its subject', async () => {
    const subject = randomUUID();
    const sealedValue = await sealValue({ keyRing, subject, label, value: 'text' });
    await keyRing.destroy(subject);
    expect(await openValue({ keyRing, label, sealed: sealedValue })).toEqual({ erased: true });
  });
});
