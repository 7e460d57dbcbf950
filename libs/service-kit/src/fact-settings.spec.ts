import { describe, expect, it } from '@jest/globals';
import { intakeMessages } from '@waymark/contracts';
import { factWindow } from './fact-settings.js';

const { contactCounted, contactCountedFirst, responseAwaited } = intakeMessages;
const settings = { FACTS_DELAY_SECONDS: 1, FACTS_CROWD: 2, FACTS_LATEST_SECONDS: 3, FACTS_HIDDEN_SECONDS: 4 };
const { hiding } = factWindow(settings, [contactCounted, responseAwaited]);
const [counted] = contactCounted.examples;
const [awaited] = responseAwaited.examples;

describe('a fact', () => {
  it('hides among those of which the log says the same, whatever else it says, and goes without that if need be', () => {
    const { type } = contactCounted;
    const hidden = hiding?.of({ type, subject: counted.factId, data: counted });
    const other = { ...counted, country: 'KE', matters: [], factId: '5f0c6f1e-1d5c-8a3e-8f00-6a2f0e9d1c78' };
    expect(hiding?.of({ type, subject: other.factId, data: other })?.among).toBe(hidden?.among);
    const later = { ...counted, month: '2021-03' };
    expect(hiding?.of({ type, subject: later.factId, data: later })?.among).not.toBe(hidden?.among);
    const { factId, month } = counted;
    expect(hidden?.bare).toEqual({ factId, month, matters: [], behaviours: [] });
    expect(hiding?.longestMs).toBe(4_000);
  });

  it('has nothing to hide when it says no more than the log, or nothing any more', () => {
    const { type } = responseAwaited;
    expect(hiding?.of({ type, subject: awaited.factId, data: awaited })).toBeUndefined();
    const withdrawn = { type: contactCountedFirst.type, subject: counted.factId, withdrawn: true, data: {} };
    expect(hiding?.of(withdrawn)).toBeUndefined();
  });
});
