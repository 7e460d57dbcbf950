import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { staffRefs } from '@waymark/access';
import { deriveMark } from '@waymark/privacy';
import { ShutOutMarks } from './shut-out-marks.js';

const secret = randomBytes(32);
const marks = new ShutOutMarks(secret);
const [concern, another] = ['018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b10', '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b11'];
const shutOut = { people: ['amina'], roles: ['supervisor'], units: ['legal'] };

describe('the marks of whom a reporter shuts out', () => {
  it.each([
    ['the person', { id: 'amina', roles: ['officer'], unit: 'support_desk' }, true],
    ['everybody of the role', { id: 'ingrid', roles: ['officer', 'supervisor'] }, true],
    ['the unit itself', { unit: 'legal' }, true],
    ['no other unit', { unit: 'medical' }, false],
    ['everybody of the unit', { id: 'thandiwe', roles: ['unit_focal_point'], unit: 'legal' }, true],
    ['nobody else', { id: 'kwame', roles: ['officer'], unit: 'support_desk' }, false],
    ['nobody whose id is the name of a role', { id: 'supervisor' }, false],
  ])('are recognised by those who share the secret: %s', (_who, asked, expected) => {
    const told = { concernId: concern, shutOut: marks.of(concern, shutOut) };
    expect(new ShutOutMarks(Buffer.from(secret)).include(told, asked)).toBe(expected);
  });

  it('are of a person and not of how their id is spelt, where that is a UUID', () => {
    const [id, spelt] = ['0197d000-0000-7000-8000-00000000000a', '0197D000-0000-7000-8000-00000000000A'];
    const knows = (named: string, asked: string) =>
      marks.include({ concernId: concern, shutOut: marks.of(concern, { ...shutOut, people: [named] }) }, { id: asked });
    expect([knows(spelt, id), knows(id, spelt), knows(spelt, spelt)]).toEqual([true, true, true]);
    for (const other of [`urn:uuid:${id}`, `{${spelt}}`, id.replaceAll('-', ''), spelt.replaceAll('-', '')])
      expect([knows(other, id), knows(id, other)]).toEqual([true, true]);
    expect([knows('Amina', 'Amina'), knows('Amina', 'amina')]).toEqual([true, false]);
  });

  it('from before that are recognised all the same', () => {
    const id = '0197d000-0000-7000-8000-00000000000a';
    for (const given of [id, id.toUpperCase(), `urn:uuid:${id}`, `{${id}}`, id.replaceAll('-', '')]) {
      const input = { secret, label: 'shut-out person', input: `${concern} ${given}` };
      expect(marks.include({ concernId: concern, shutOut: [deriveMark(input)] }, { id })).toBe(true);
    }
  });

  it('are told among others for whoever may not count them: the same each time, and meaning nobody else', () => {
    const own = marks.of(concern, shutOut);
    const among = marks.amongOthers(concern, own);
    expect([among.length, marks.amongOthers(concern, []).length]).toEqual([16, 16]);
    expect(marks.amongOthers(concern, among).length).toBe(32);
    expect(marks.amongOthers(concern, own)).toEqual(among);
    expect(new Set(among).size).toBe(16);
    const told = { concernId: concern, shutOut: among };
    expect(marks.include(told, { id: 'amina' })).toBe(true);
    for (const other of [{ id: 'kwame' }, { id: '0' }, { roles: ['officer'] }, { unit: 'medical' }])
      expect(marks.include(told, other)).toBe(false);
  });

  it('tell nobody else whose they are, nor that two concerns shut out one person', () => {
    const told = marks.of(concern, shutOut);
    expect(told).toHaveLength(3);
    for (const mark of told) expect(mark).toMatch(/^[0-9a-f]{32}$/);
    expect(new Set([...told, ...marks.of(another, shutOut)]).size).toBe(6);
    expect(marks.include({ concernId: another, shutOut: told }, { id: 'amina' })).toBe(false);
    expect(new ShutOutMarks(randomBytes(32)).include({ concernId: concern, shutOut: told }, { id: 'amina' })).toBe(
      false,
    );
  });

  it('are told to the policies of whoever asks and of nobody else, over all cases that are asked about', () => {
    const cases = [
      { concernId: another, shutOut: marks.of(another, { people: ['kwame'], roles: [], units: [] }) },
      { concernId: concern, shutOut: marks.of(concern, shutOut) },
      { concernId: undefined, shutOut: [] },
    ];
    const officer = (id: string) => ({ kind: 'staff', id, roles: ['officer'] }) as const;
    expect(marks.shutOutOf(cases, officer('amina'))).toEqual(staffRefs(['amina']));
    expect(marks.shutOutOf(cases, officer('kwame'))).toEqual(staffRefs(['kwame']));
    expect(marks.shutOutOf(cases, officer('lucia'))).toEqual([]);
    expect(marks.shutOutOf(cases, { kind: 'service', id: 'amina' })).toEqual([]);
  });

  it('say of those who are asked about which are meant, of one concern only', () => {
    const asked = { people: ['amina', 'kwame'], roles: ['officer', 'supervisor'], units: ['legal', 'medical'] };
    const told = marks.of(concern, shutOut);
    expect(marks.meantBy({ concernId: concern, shutOut: told }, asked)).toEqual(shutOut);
    const nobody = { people: [], roles: [], units: [] };
    for (const concernId of [another, undefined])
      expect(marks.meantBy({ concernId, shutOut: told }, asked)).toEqual(nobody);
  });

  it('mean a person however the id is spelt, where it is asked about as where it was named', () => {
    const id = '0197d000-0000-7000-8000-00000000000a';
    const told = marks.of(concern, { people: [id.toUpperCase()], roles: [], units: [] });
    const people = [id, id.toUpperCase()];
    expect(marks.meantBy({ concernId: concern, shutOut: told }, { people, roles: [], units: [] }).people).toEqual(
      people,
    );
  });

  const both = ['officer', 'unit_focal_point'];
  it.each([
    ['an officer of the desk', { id: 'amina', roles: ['officer'], unit: 'support_desk' }, 'told', 'in conflict'],
    ['a supervisor of no unit', { id: 'ingrid', roles: ['supervisor'] }, 'told', 'in conflict'],
    ['one of a third unit', { id: 'paolo', roles: ['supervisor'], unit: 'human_resources' }, 'told', 'in conflict'],
    ['one of the alternate desk', { id: 'samuel', roles: ['supervisor'], unit: 'ethics_office' }, 'not told', 'told'],
    ['its focal point who is an officer', { id: 'elena', roles: both, unit: 'ethics_office' }, 'not told', 'told'],
    ['whoever works at no desk', { id: 'elena', roles: ['unit_focal_point'], unit: 'ethics_office' }, 'told', 'told'],
    ['somebody of whom nothing else is known', { id: 'amina' }, 'told', 'told'],
  ])(
    'keep from %s what is the other desk’s, and are a conflict of interest only where it is about their own',
    (_who, asked, ofTheDesk, aboutTheDesk) => {
      const nobody = { people: [], roles: [], units: [] };
      const asks = (owns: boolean) => {
        const shutOut = marks.of(concern, { ...nobody, alternateDesk: { unit: 'ethics_office', owns } });
        const marked = { concernId: concern, shutOut };
        if (marks.conflictWith(marked, asked)) return marks.include(marked, asked) ? 'in conflict' : 'contradiction';
        return marks.include(marked, asked) ? 'not told' : 'told';
      };
      expect([asks(false), asks(true)]).toEqual([ofTheDesk, aboutTheDesk]);
    },
  );

  it('stand in an order that says nothing of what they stand for', () => {
    const told = marks.of(concern, shutOut);
    expect(told).toEqual([...told].sort());
  });
});
