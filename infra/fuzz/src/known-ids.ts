import type { Platform } from '@waymark/embedded';
import { DemoTokens } from '@waymark/identity';

type Found = Readonly<Record<string, string>>;

/** Ids of what the story has left behind, by the part of a path that they follow. */
export async function knownIds(platform: Platform): Promise<Found> {
  const bearer = await new DemoTokens(platform.issuer).of('amina.officer');
  const read = async (service: 'intake' | 'case' | 'referral' | 'consent', path: string) => {
    const response = await fetch(`${platform.urlOf(service)}${path}`, {
      headers: { authorization: `Bearer ${bearer}` },
    });
    if (!response.ok) throw new Error(`GET ${path}: ${response.status}`);
    return (await response.json()) as Found & { readonly items?: readonly Found[] };
  };
  const { caseId = '', concernId = '' } = (await read('case', '/v1/cases')).items?.[0] ?? {};
  const { referralId = '' } = (await read('referral', '/v1/referrals')).items?.[0] ?? {};
  const { clientId = '' } = await read('intake', `/v1/concerns/${concernId}`);
  const { consentId = '' } = (await read('consent', `/v1/clients/${clientId}/consents`)).items?.[0] ?? {};
  return { concerns: concernId, cases: caseId, referrals: referralId, clients: clientId, consents: consentId };
}

const nobodys = '00000000-0000-7000-8000-000000000000';

/** Lets schemathesis ask for what exists about as often as for what does not; other values of a path are tried elsewhere. */
export function configurationFor(paths: readonly string[], known: Found): string {
  return paths
    .map((path) => {
      const values = [...path.matchAll(/\/(\w[\w-]*)\/\{(\w+)\}/g)].flatMap(([, plural = '', name = '']) => {
        const id = known[plural.replace(/^my-/, '')];
        return id === undefined ? [] : [`"path.${name}" = ["${id}", "${id}", "${nobodys}"]`];
      });
      if (values.length === 0) return '';
      return `[[operations]]\ninclude-path = "${path}"\nparameters = { ${values.join(', ')} }\n`;
    })
    .join('\n');
}
