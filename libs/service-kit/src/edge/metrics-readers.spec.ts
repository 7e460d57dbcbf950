import { describe, expect, it } from '@jest/globals';
import { readEnvironment } from '../config.js';
import { MetricsReaders, metricsVariables } from './metrics-readers.js';

const token = 'a-token-of-twenty-two-characters';

describe('the metrics', () => {
  it('are for everybody where no token was set', () => {
    for (const shown of [undefined, '', `Bearer ${token}`])
      expect(() => new MetricsReaders(undefined).demand(shown)).not.toThrow();
  });

  it('are for whoever shows the token, where there is one', () => {
    const readers = new MetricsReaders(token);
    expect(() => readers.demand(`Bearer ${token}`)).not.toThrow();
    for (const shown of [undefined, '', token, 'Bearer', `Bearer ${token}x`, `bearer ${token}`, 'Bearer undefined'])
      expect(() => readers.demand(shown)).toThrow(expect.objectContaining({ status: 401 }));
  });

  it('are refused a token that could be guessed, at the start', () => {
    const read = (METRICS_TOKEN?: string) =>
      readEnvironment('intake', METRICS_TOKEN === undefined ? {} : { METRICS_TOKEN }, metricsVariables).METRICS_TOKEN;
    expect(read()).toBeUndefined();
    expect(read(token)).toBe(token);
    expect(() => read('short')).toThrow('METRICS_TOKEN');
  });
});
