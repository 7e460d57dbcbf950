import type { Stage } from '@waymark/stage';
import { goodValue } from '../bad-bodies.fixture.js';
import { readRoutes, resolve, type Route } from '../open-api.fixture.js';
import { definitions } from '@waymark/services';
import { people, type World } from './world.fixture.js';

type Plural = 'concerns' | 'cases' | 'clients' | 'referrals';

/** Somebody, their role, and by kind an id of what there is and they may not know of. */
export interface Stranger {
  readonly who: string;
  readonly role: string;
  readonly hidden: Partial<Readonly<Record<Plural, string>>>;
  /** Addresses at which these are not hidden from them. */
  readonly sees?: RegExp;
}

export function strangersIn({ played, concerns, referrals, ...of }: World): readonly Stranger[] {
  const { caseId: cases, clientId: clients } = played;
  const sent = referrals['sent/in_force'] ?? '';
  const drafted = referrals['drafted/none'] ?? '';
  const stranger = (column: keyof typeof people, role: string, hidden: Stranger['hidden'], sees?: RegExp) => ({
    ...{ who: people[column], role, hidden },
    ...(sees ? { sees } : {}),
  });
  /** Erasing takes two persons: a supervisor approves it, whoever is on the team. */
  const erasure = /\/(erasure|erasure-approval|erasure-decline|legal-holds|overrides)(\/|$)/;
  /** Whoever breaks the glass of a case is told that there is one. */
  const emergency = /\/emergency-accesses$/;
  return [
    stranger(
      'officer',
      'officer',
      { concerns: concerns.shuts_out_a_person ?? '', cases, clients, referrals: sent },
      emergency,
    ),
    stranger(
      'supervisor',
      'supervisor',
      { concerns: concerns.shuts_out_supervisors ?? '', clients, referrals: sent },
      erasure,
    ),
    stranger('supervisor', 'supervisor', {
      concerns: concerns.shuts_out_the_desk ?? '',
      cases: of.cases.case_of_the_alternate_desk ?? '',
    }),
    stranger('supervisor', 'supervisor', {
      cases: of.cases.case_that_shuts_out ?? '',
      clients: of.clients.client_of_a_case_that_shuts_out ?? '',
    }),
    stranger('auditor', 'auditor', {
      cases: of.cases.case_that_shuts_out ?? '',
      clients: of.clients.client_of_a_case_that_shuts_out ?? '',
    }),
    stranger('supervisor', 'supervisor', { clients: of.clients.reporter_who_shuts_out ?? '' }),
    stranger('alternate_supervisor', 'supervisor', { concerns: concerns.taken ?? '', cases }),
    stranger('focal_point_of_unit', 'unit_focal_point', {
      referrals: referrals['sent_from_a_case_that_shuts_out/in_force'] ?? '',
    }),
    stranger('clinician', 'clinician', { cases }, emergency),
    stranger('focal_point', 'unit_focal_point', { referrals: sent }),
    stranger('focal_point_of_unit', 'unit_focal_point', { referrals: drafted }),
  ];
}

/** A request that names one thing of a kind, by an id that is filled in. */
export interface Naming {
  readonly route: Route;
  readonly plural: Plural;
  request(id: string): { readonly path: string; readonly body: object };
}

const plurals: readonly Plural[] = ['concerns', 'cases', 'clients', 'referrals'];
const fixedId = '0197d000-0000-7000-8000-000000000001';

/** Every route of every service that takes the id of a thing, in its address or in its body. */
export async function routesNamingAThing(stage: Stage): Promise<readonly Naming[]> {
  const routes = (await Promise.all(definitions.map(({ name }) => readRoutes(stage, name)))).flat();
  return routes.flatMap((route) => {
    const schema = route.operation.requestBody?.content['application/json']?.schema;
    const body = schema ? Object(goodValue(route.document, schema)) : {};
    const inAddress = plurals.find((plural) => route.path.includes(`/${plural}/{`));
    const inBody = schema && resolve(route.document, schema).properties?.caseId ? 'cases' : undefined;
    const plural = inAddress ?? inBody;
    if (plural === undefined) return [];
    const request = (id: string) => ({
      path: addressOf(route, plural, id),
      body: inBody === undefined ? body : { ...body, caseId: id },
    });
    return [{ route, plural, request }];
  });
}

function addressOf({ path, operation, document }: Route, plural: Plural, id: string): string {
  const wanted = (operation.parameters ?? []).filter((each) => each.in === 'query' && each.required);
  const query = wanted.map(({ name, schema }) => `${name}=${encodeURIComponent(String(goodValue(document, schema)))}`);
  const filled = path.replace(new RegExp(`/${plural}/\\{\\w+\\}`), `/${plural}/${id}`);
  return `${filled.replaceAll(/\{\w+\}/g, fixedId)}?${query.join('&')}`;
}
