import { describe, expect, it } from '@jest/globals';
import { parted, type Waiting } from './hidden.js';

let position = 0n;
const waiting = (subject: string, among?: string, place = 0): Waiting => ({
  ...{ stream: `concern-${subject}`, revision: 0, position: (position += 1n), recordedAt: '2026-03-02T08:00:00.000Z' },
  ...{ place, subject, ...(among === undefined ? {} : { among }) },
});
const never = (): boolean => false;
const subjectsIn = (some: readonly Waiting[]): readonly string[] => some.map(({ subject }) => subject);

describe('those who hide each other', () => {
  it('go when there are enough who look alike, and all else goes anyhow', () => {
    const all = [waiting('a', 'March'), waiting('b', 'April'), waiting('c', 'March'), waiting('d')];
    const { whole, held, bare } = parted(all, 2, never);
    expect([subjectsIn(whole), subjectsIn(held), bare]).toEqual([['a', 'c', 'd'], ['b'], []]);
  });

  it('are different things: one that is told of twice is no crowd', () => {
    const { whole, held } = parted([waiting('a', 'March'), waiting('a', 'March', 1)], 2, never);
    expect([whole, subjectsIn(held)]).toEqual([[], ['a', 'a']]);
  });

  it('hold back what else is about the same thing, before it and after it', () => {
    const all = [waiting('a'), waiting('a', 'March', 1), waiting('a', undefined, 2), waiting('b')];
    const { whole, held } = parted(all, 2, never);
    expect([subjectsIn(whole), held]).toEqual([['b'], all.slice(0, 3)]);
  });

  it('do not count one of them who stays behind for another reason', () => {
    const all = [waiting('a', 'March'), waiting('a', 'left'), waiting('b', 'March'), waiting('c', 'right')];
    expect(parted(all, 2, never)).toEqual({ whole: [], bare: [], held: all });
  });

  it('go bare when they have waited long enough, with all that is about them, and hide nobody then', () => {
    const [early, same, late] = [waiting('a', 'March'), waiting('a', undefined, 1), waiting('b', 'March')];
    const isOverdue = ({ position: at }: Waiting): boolean => at === early.position;
    expect(parted([early, same, late], 3, isOverdue)).toEqual({ whole: [], bare: [early, same], held: [late] });
  });

  it('are as many as there are where nobody is to be hidden', () => {
    const all = [waiting('a', 'March'), waiting('b', 'April')];
    expect(parted(all, 1, never)).toEqual({ whole: all, bare: [], held: [] });
  });
});
