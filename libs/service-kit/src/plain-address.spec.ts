import { describe, expect, it } from '@jest/globals';
import { plainAddress } from './plain-address.js';

const id = '5f0c6f1e-1d5c-8a3e-8f00-6a2f0e9d1c77';
const spelled = (url: string, params: object): string => plainAddress({ routeOptions: { url }, params });

describe('the address of a command in one spelling', () => {
  it('is what a caller writes who escapes nothing and gives ids in lower case', () => {
    expect(spelled('/v1/concerns', {})).toBe('/v1/concerns');
    expect(spelled('/v1/concerns/:id/triage', { id })).toBe(`/v1/concerns/${id}/triage`);
  });

  it('has ids in lower case, and leaves capitals in what is no id', () => {
    expect(spelled('/v1/cases/:id/team-members/:staffId/removal', { id: id.toUpperCase(), staffId: 'Amina' })).toBe(
      `/v1/cases/${id}/team-members/Amina/removal`,
    );
  });

  it('is never that of another thing, whatever is named', () => {
    const removal = '/v1/cases/:id/team-members/:staffId/removal';
    expect(spelled(removal, { id: 'a/team-members/b', staffId: 'c' })).not.toBe(
      spelled(removal, { id: 'a', staffId: 'b/team-members/c' }),
    );
    expect(spelled(removal, { id: ':staffId', staffId: 'a' })).not.toBe(spelled(removal, { id: 'a', staffId: 'a' }));
  });
});
