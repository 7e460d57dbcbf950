import { describe, expect, it } from '@jest/globals';
import { EventStoreError } from '@waymark/event-store';
import { QueryRunnerProviderAlreadyReleasedError } from 'typeorm';
import { isTemporary, TemporaryFailure } from './temporary-failure.js';

const withCode = (code: string, severity?: string): Error => Object.assign(new Error('failed'), { code, severity });

describe('a failure', () => {
  it.each([
    ['is said to be temporary', new TemporaryFailure('consent does not answer')],
    ['is a refused connection', withCode('ECONNREFUSED')],
    ['is a server shutting down', withCode('57P01')],
    ['is a database that lets nobody in', withCode('55000', 'FATAL')],
    ['is an event store out of reach', new EventStoreError('unavailable', 'gone')],
    ['has such a cause', new TypeError('fetch failed', { cause: withCode('ECONNRESET') })],
    ['is a transaction whose connection broke', new QueryRunnerProviderAlreadyReleasedError()],
    ['is a connection that ended', new Error('Connection terminated unexpectedly')],
  ])('is temporary when it %s', (_, error) => {
    expect(isTemporary(error)).toBe(true);
  });

  it.each([
    ['a broken rule', new Error('already closed')],
    ['a duplicate key', withCode('23505')],
    ['a statement that something else has to come before', withCode('55000', 'ERROR')],
    ['a stream of the log that is damaged', new EventStoreError('damaged', 'invalid page in block 7')],
    ['a lost race', new EventStoreError('wrong_expected_revision', 'moved', 3)],
    ['no error at all', 'text'],
  ])('is not temporary when it is %s', (_, error) => {
    expect(isTemporary(error)).toBe(false);
  });
});
