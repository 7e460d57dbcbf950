import { describe, expect, it } from '@jest/globals';
import { FakeClock } from './fake-clock.js';

describe('a fake clock', () => {
  it('stands still until it is moved', () => {
    const clock = new FakeClock('2026-03-02T08:00:00.000Z');
    expect(clock.now()).toBe('2026-03-02T08:00:00.000Z');
    clock.advance({ hours: 24, minutes: 1 });
    expect(clock.now()).toBe('2026-03-03T08:01:00.000Z');
    clock.set('2026-01-01T00:00:00+01:00');
    expect(clock.now()).toBe('2025-12-31T23:00:00.000Z');
  });
});
