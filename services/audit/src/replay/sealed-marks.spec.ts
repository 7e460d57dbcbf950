import { describe, expect, it } from '@jest/globals';
import { sealedAs } from '../fixtures/told-events.fixture.js';
import { markSealed } from './sealed-marks.js';

describe('sealed fields', () => {
  it('are marked and named wherever they stand; all else stays as it is', () => {
    const data = {
      clientId: '1',
      narrative: sealedAs('secret'),
      package: { contact: sealedAs('secret'), count: 2 },
      notes: [{ text: sealedAs('secret') }, null, 'plain'],
    };
    expect(markSealed(data)).toEqual({
      data: {
        clientId: '1',
        narrative: '[sealed]',
        package: { contact: '[sealed]', count: 2 },
        notes: [{ text: '[sealed]' }, null, 'plain'],
      },
      sealedFields: ['narrative', 'package.contact', 'notes[0].text'],
    });
    expect(JSON.stringify(markSealed(data))).not.toContain('secret');
  });

  it('are marked also when the envelope is damaged', () => {
    expect(markSealed({ a: { $sealed: 'secret' }, b: { $sealed: null, c: 'secret' } })).toEqual({
      data: { a: '[sealed]', b: '[sealed]' },
      sealedFields: ['a', 'b'],
    });
  });
});
