import { describe, expect, it } from '@jest/globals';
import { BrokenContract, caseMessages, intakeMessages } from '@waymark/contracts';
import { handling, reactingTo, topicsOf } from './consumption.js';
import { checkPublication, UndeclaredMessage } from './publication.js';

const { concernAccepted, contactCounted } = intakeMessages;
const declared = [concernAccepted, contactCounted];
const [example] = concernAccepted.examples;
const accepted = { type: concernAccepted.type, subject: example.concernId, data: example };

describe('what a service publishes', () => {
  it('goes out as it is when it is declared and keeps its contract', () => {
    expect(checkPublication(accepted, 'waymark.intake', declared)).toBe(accepted);
    expect(checkPublication(undefined, 'waymark.intake', declared)).toBeUndefined();
  });

  it('leaves out what was withdrawn, which no service declares any more', () => {
    const withdrawn = { ...accepted, type: 'intake.concern-forgotten.v1', withdrawn: true };
    expect(checkPublication(withdrawn, 'waymark.intake', declared)).toBe(withdrawn);
  });

  it.each([
    ['an event of the log', { ...accepted, type: 'ConcernAccepted' }, 'waymark.intake'],
    ["another service's message", { ...accepted, type: caseMessages.caseOpened.type }, 'waymark.intake'],
    ['a fact beside what names a concern', { ...accepted, type: contactCounted.type }, 'waymark.intake'],
    ['what names a concern among the facts', accepted, 'waymark.facts'],
  ])('is never %s', (_what, payload, topic) => {
    expect(() => checkPublication(payload, topic, declared)).toThrow(UndeclaredMessage);
  });

  it.each([
    ['a field more', { ...example, narrative: 'She told me.' }],
    ['a sealed value', { ...example, officerId: { $sealed: { subject: 's', data: 'x' } } }],
  ])('never has %s, not even as the second of two', (_what, data) => {
    const two = [accepted, { ...accepted, data }];
    expect(() => checkPublication(two, 'waymark.intake', declared)).toThrow(BrokenContract);
  });
});

describe('what a service takes in', () => {
  it('comes from the topics of the messages that it lists, each once', () => {
    const nothing = async (): Promise<void> => undefined;
    const listed = [
      handling(caseMessages.caseOpened, nothing),
      handling(caseMessages.teamChanged, nothing),
      reactingTo(contactCounted, nothing),
    ];
    expect(topicsOf(listed)).toEqual(['waymark.case', 'waymark.facts']);
  });
});
