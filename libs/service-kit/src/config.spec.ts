import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { str } from 'envalid';
import { ConfigError, readSettings } from './config.js';

const good = {
  PORT: '3001',
  DATABASE_URL: 'postgres://intake:jasmine@localhost/intake',
  KEYS_DATABASE_URL: 'postgres://intake-keys:jasmine@localhost/intake_keys',
  EVENT_STORE_URL: 'postgres://intake:jasmine@localhost/events',
  BUS: 'postgres',
  BUS_URL: 'postgres://intake:jasmine@localhost/bus',
  OIDC_ISSUER: 'http://localhost:3010',
  RECEIPT_ISSUER: 'http://localhost:3001',
  SERVICE_CLIENT_SECRET: 'lavender',
  KEY_FILE: '/run/secrets/key',
  SECRET_FILE: '/run/secrets/secret',
};

const refusal = (changed: NodeJS.ProcessEnv, own = {}): string => {
  try {
    readSettings('intake', { ...good, ...changed }, own);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return 'none';
};

describe('the settings of a service', () => {
  it('are read from the environment, with what may be left out', () => {
    expect(readSettings('intake', good, {})).toMatchObject({ PORT: 3001, HOST: '0.0.0.0', LOG_LEVEL: 'info' });
  });

  it.each(Object.keys(good).filter((name) => name !== 'BUS'))('name %s when it is missing', (name) => {
    expect(refusal({ [name]: undefined })).toMatch(new RegExp(`^intake cannot start: ${name}: .*(missing|needed)`));
  });

  it('name every variable that is wrong, and never its value', () => {
    const message = refusal({
      PORT: 'jasmine',
      KEYS_DATABASE_URL: 'jasmine',
      LOG_LEVEL: 'jasmine',
      TRUSTED_PROXIES: 'jasmine',
    });
    for (const name of ['PORT', 'KEYS_DATABASE_URL', 'LOG_LEVEL', 'TRUSTED_PROXIES'])
      expect(message).toContain(`${name}: `);
    expect(message).not.toContain('jasmine');
  });

  const dir = mkdtempSync(join(tmpdir(), 'waymark-settings-'));
  afterAll(() => rmSync(dir, { recursive: true }));

  it('may stand in files, and then need not stand in the environment', () => {
    const DATABASE_URL_FILE = join(dir, 'database');
    writeFileSync(DATABASE_URL_FILE, `${good.DATABASE_URL}\n`);
    const read = readSettings('intake', { ...good, DATABASE_URL: undefined, DATABASE_URL_FILE }, {});
    expect(read.DATABASE_URL).toBe(good.DATABASE_URL);
    const own = join(dir, 'own');
    writeFileSync(own, 'jasmine');
    const withOwn = { ...good, CONSENT_URL_FILE: own };
    expect(readSettings('intake', withOwn, { CONSENT_URL: str() }).CONSENT_URL).toBe('jasmine');
  });

  it('that stand in files are refused like others: by name, never by value', () => {
    const file = join(dir, 'wrong');
    writeFileSync(file, 'jasmine');
    expect(refusal({ DATABASE_URL: undefined, DATABASE_URL_FILE: file })).toBe(
      'intake cannot start: DATABASE_URL: Invalid url: the value given',
    );
    expect(refusal({ DATABASE_URL_FILE: file })).toBe('DATABASE_URL_FILE: not beside DATABASE_URL');
    const missing = { DATABASE_URL: undefined, DATABASE_URL_FILE: join(dir, 'missing') };
    expect(refusal(missing)).toBe('DATABASE_URL_FILE: the file cannot be read (ENOENT)');
  });

  it('of the issuer are lists where they name several', () => {
    const { OIDC_ALGORITHMS, OIDC_TOKEN_TYPES } = readSettings(
      'intake',
      { ...good, OIDC_TOKEN_TYPES: 'at+jwt, JWT' },
      {},
    );
    expect([OIDC_ALGORITHMS, OIDC_TOKEN_TYPES]).toEqual([
      ['RS256', 'ES256'],
      ['at+jwt', 'JWT'],
    ]);
    expect(refusal({ OIDC_ALGORITHMS: ' , ' })).toContain('OIDC_ALGORITHMS: ');
    for (const seconds of ['0', '1501', '3600', '2.5', 'long'])
      expect(refusal({ OIDC_TOKEN_SECONDS: seconds })).toContain('OIDC_TOKEN_SECONDS: must be 1 to 1500');
    expect(refusal({ OIDC_TOKEN_SECONDS: '1500' })).toBe('none');
    expect(refusal({ OIDC_SECOND_FACTORS: '' })).toContain('OIDC_SECOND_FACTORS: ');
    expect(refusal({ OIDC_SECOND_FACTORS: 'otp' })).toBe('none');
  });

  it('of the edge are checked at the start', () => {
    expect(refusal({ CORS_ORIGINS: 'https://a.example,https://b.example/path' })).toContain('CORS_ORIGINS: ');
    expect(refusal({ CORS_ORIGINS: '*' })).toContain('CORS_ORIGINS: ');
    expect(refusal({ RATE_LIMIT_ADDRESS: '0' })).toContain('RATE_LIMIT_ADDRESS: ');
    expect(refusal({ CORS_ORIGINS: 'https://a.example, http://localhost:4000' })).toBe('none');
  });

  it.each(['10.0.0.1', '10.0.0.0/8, 2001:db8::/32', 'loopback,uniquelocal', '', ' , '])(
    'let the proxies “%s” be trusted',
    (TRUSTED_PROXIES) => expect(refusal({ TRUSTED_PROXIES })).toBe('none'),
  );

  it.each([
    'true',
    '10.0.0.0/33',
    '0.0.0.0/0',
    '::/0',
    '10.0.0.0/8/8',
    '10.0.0.0/',
    'proxy.example',
    '10.0.0.1, *',
    '1',
  ])('do not let the proxies “%s” be trusted', (TRUSTED_PROXIES) =>
    expect(refusal({ TRUSTED_PROXIES })).toMatch(/^intake cannot start: TRUSTED_PROXIES: must be addresses/),
  );

  it('say for how many days answers are kept, at least for one', () => {
    expect(readSettings('intake', good, {}).ANSWERS_KEPT_DAYS).toBe(30);
    for (const ANSWERS_KEPT_DAYS of ['0', '-1', '1.5', 'jasmine'])
      expect(refusal({ ANSWERS_KEPT_DAYS })).toBe(
        'intake cannot start: ANSWERS_KEPT_DAYS: must be a whole number from 1',
      );
  });

  it('are refused when the environment is that of another service', () => {
    expect(refusal({ WAYMARK_SERVICE: 'intake' })).toBe('none');
    expect(refusal({ WAYMARK_SERVICE: 'case' })).toBe('intake cannot start: WAYMARK_SERVICE: must be intake');
  });

  it('name those that only this service has', () => {
    expect(refusal({}, { CONSENT_URL: str() })).toContain('CONSENT_URL: is missing');
  });

  it('take the connection string of a KurrentDB cluster, and no other text', () => {
    const cluster = { EVENT_STORE: 'kurrentdb', EVENT_STORE_URL: 'esdb://intake:jasmine@a:2113,b:2113?tls=true' };
    expect(refusal(cluster)).toBe('none');
    expect(refusal({ ...cluster, EVENT_STORE_URL: 'jasmine' })).toBe(
      'intake cannot start: EVENT_STORE_URL: must be a URL',
    );
    expect(refusal({ EVENT_STORE: 'pigeons' })).toContain('EVENT_STORE: ');
  });

  it('ask for what the chosen bus needs', () => {
    expect(refusal({ BUS: 'kafka' })).toContain('KAFKA_BROKERS: needed when BUS is kafka');
    expect(refusal({ BUS: 'kafka', KAFKA_BROKERS: 'localhost:9092' })).toBe('none');
    expect(refusal({ BUS: 'pigeons' })).toContain('BUS: ');
  });
});
