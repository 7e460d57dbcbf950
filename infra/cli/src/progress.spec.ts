import { Writable } from 'node:stream';
import { describe, expect, it, jest } from '@jest/globals';
import { startProgress } from './progress.js';

function terminal(isTTY: boolean) {
  let text = '';
  const write = (chunk: Buffer, _encoding: string, done: () => void) => {
    text += chunk.toString();
    done();
  };
  const stderr = Object.assign(new Writable({ write }), { isTTY });
  return { stdout: { write: () => true }, stderr, text: () => text };
}

describe('progress', () => {
  it('is a bar with rate and time left on a terminal', () => {
    const shown = terminal(true);
    const progress = startProgress('verifying', shown, false);
    progress.update(0.25, 1_234_567);
    progress.end();
    expect(shown.text()).toMatch(/verifying .*25 % \| 1,234,567 events \| [\d,]+\/s \| \d+ s left/);
  });

  it('is a line every five seconds elsewhere', () => {
    const now = jest.spyOn(performance, 'now');
    try {
      now.mockReturnValue(0);
      const shown = terminal(false);
      const progress = startProgress('verifying', shown, false);
      now.mockReturnValue(4_999);
      progress.update(0.1, 10);
      now.mockReturnValue(10_000);
      progress.update(0.1, 5_000);
      now.mockReturnValue(10_001);
      progress.update(0.2, 6_000);
      progress.end();
      expect(shown.text()).toBe('verifying: 10 %, 5,000 events, 500/s, 1 min 30 s left\n');
    } finally {
      now.mockRestore();
    }
  });

  it('is left out when asked for quiet', () => {
    const shown = terminal(true);
    const progress = startProgress('verifying', shown, true);
    progress.update(0.5, 10);
    progress.end();
    expect(shown.text()).toBe('');
  });
});
