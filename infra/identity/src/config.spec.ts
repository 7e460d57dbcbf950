import { describe, expect, it } from '@jest/globals';
import { configFrom } from './config.js';

const secrets = Object.fromEntries(
  ['INTAKE', 'CASE', 'CONSENT', 'REFERRAL', 'REPORTING', 'AUDIT'].map((name) => [
    `IDENTITY_SECRET_${name}`,
    's'.repeat(16),
  ]),
);

describe('The identity process', () => {
  it('is configured by its environment alone', () => {
    expect(configFrom({ ...secrets, IDENTITY_PORTAL_REDIRECT_URIS: 'http://a/cb, http://b/cb' })).toMatchObject({
      port: 3010,
      host: '127.0.0.1',
      clients: { services: { referral: 's'.repeat(16) }, portal: { redirectUris: ['http://a/cb', 'http://b/cb'] } },
    });
  });

  it.each([
    ['IDENTITY_PORT', 'many'],
    ['IDENTITY_ISSUER', 'here'],
    ['IDENTITY_SECRET_CONSENT', 'short'],
  ])('names %s when it is wrong', (name, value) => {
    expect(() => configFrom({ ...secrets, [name]: value })).toThrow(name);
  });
});
