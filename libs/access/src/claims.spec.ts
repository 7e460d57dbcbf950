import { describe, expect, it } from '@jest/globals';
import { defaultClaims, principalFrom } from './claims.js';

const keycloak = { ...defaultClaims, rolesClaim: 'realm_access.roles' };

describe('Claims of another issuer', () => {
  it('are found where they are nested', () => {
    const payload = { sub: 'p1', realm_access: { roles: ['officer', 'offline_access'] }, unit: 'legal' };
    expect(principalFrom(payload, keycloak)).toEqual({ kind: 'staff', id: 'p1', roles: ['officer'], unit: 'legal' });
  });

  it('are found under a client whose name has dots', () => {
    const payload = { sub: 'p1', resource_access: { 'waymark.api': { roles: ['auditor'] } } };
    const mapping = { ...defaultClaims, rolesClaim: 'resource_access.waymark.api.roles' };
    expect(principalFrom(payload, mapping)).toMatchObject({ roles: ['auditor'] });
  });

  it('are found under a name that is a URL', () => {
    const payload = { sub: 'p1', 'https://idp.example/roles': 'analyst' };
    const mapping = { ...defaultClaims, rolesClaim: 'https://idp.example/roles' };
    expect(principalFrom(payload, mapping)).toMatchObject({ roles: ['analyst'] });
  });

  it('are not made up from what every object has', () => {
    const mapping = { ...defaultClaims, serviceClaim: 'constructor.name' };
    expect(principalFrom({ sub: 'p1', roles: ['auditor'] }, mapping)).toMatchObject({ kind: 'staff' });
  });

  it.each([undefined, '', 'a sentence, which no event may hold in the clear', 'x'.repeat(256)])(
    'with the subject %p are refused, because what that person does could not be recorded',
    (sub) => {
      const payload = { roles: ['officer'], ...(sub === undefined ? {} : { sub }) };
      expect(() => principalFrom(payload, defaultClaims)).toThrow(expect.objectContaining({ code: 'token_invalid' }));
    },
  );

  it('tell the preferred language, where it is one', () => {
    const payload = { sub: 'p1', roles: ['analyst'], locale: 'pt-BR' };
    expect(principalFrom(payload, defaultClaims)).toMatchObject({ language: 'pt-BR' });
    for (const locale of ['', 'a sentence', ['fr'], '<b>'])
      expect(principalFrom({ ...payload, locale }, defaultClaims)).not.toHaveProperty('language');
  });

  it.each([
    ['a list of one', ['legal']],
    ['other letters', ' Legal '],
  ])('know a unit as %s', (_how, unit) => {
    expect(principalFrom({ sub: 'p1', roles: ['officer'], unit }, defaultClaims)).toMatchObject({ unit: 'legal' });
  });

  it.each([
    ['two units', ['legal', 'medical']],
    ['an object', { name: 'legal' }],
    ['a number', 7],
  ])('are refused with %s: nobody could say from what the person is shut out', (_what, unit) => {
    expect(() => principalFrom({ sub: 'p1', roles: ['officer'], unit }, defaultClaims)).toThrow(
      expect.objectContaining({ code: 'token_invalid' }),
    );
  });

  it('with a unit we do not know give a person without a unit', () => {
    expect(principalFrom({ sub: 'p1', roles: ['auditor'], unit: 'canteen' }, defaultClaims)).toEqual({
      kind: 'staff',
      id: 'p1',
      roles: ['auditor'],
    });
  });

  it.each(['officer', 'supervisor', 'unit_focal_point', 'clinician'])(
    'without a unit give nobody the role %s, which acts for one: nobody could say whether its unit is shut out',
    (role) => {
      for (const unit of [undefined, null, 'canteen']) {
        expect(() => principalFrom({ sub: 'p1', roles: [role], unit }, defaultClaims)).toThrow(
          expect.objectContaining({ code: 'role_missing' }),
        );
        const both = principalFrom({ sub: 'p1', roles: [role, 'analyst'], unit }, defaultClaims);
        expect(both).toMatchObject({ roles: ['analyst'] });
      }
      expect(principalFrom({ sub: 'p1', roles: [role], unit: 'legal' }, defaultClaims)).toMatchObject({
        roles: [role],
      });
    },
  );
});
