import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { caseStages, roles, type StatedPurpose, statedPurposes, units } from '@waymark/contracts';
import type { Principal } from '../principal.js';
import { accessPage } from './access-page.js';
import { couldBy } from './could.js';
import { actions } from './actions.js';
import { actionsSource } from './actions-source.js';
import { type ActionName, decide, decideBy, platform, policySet, type Resource } from './decide.js';
import { mayAsk } from './door.js';
import { type EntityRef, roleRefs, staffRef, staffRefs, stageRef, unitRef, unitRefs } from './entity.js';
import { PolicyError } from './policy.js';
import { PolicySet } from './policy-set.js';
import { digestOf, shippedSources } from './policy-sources.js';

const { schema, files } = shippedSources();
const officer: Principal = { kind: 'staff', id: 'officer-1', roles: ['officer'], unit: 'support_desk' };
const supervisor: Principal = { kind: 'staff', id: 'supervisor-1', roles: ['supervisor'], unit: 'support_desk' };
const ofTeam = (...team: string[]): Resource<'Case'> => ({
  type: 'Case',
  id: 'case-1',
  attributes: { team: staffRefs(team), shutOut: [], underGlass: [] },
});
const concern = (changed: Partial<Resource<'Concern'>['attributes']> = {}): Resource<'Concern'> => ({
  type: 'Concern',
  id: 'concern-1',
  attributes: {
    reportedByClient: true,
    recused: [],
    underGlass: [],
    shutOutPeople: [],
    shutOutRoles: [],
    shutOutUnits: [],
    ...changed,
  },
});
/** Made papers are formatted afterwards. */
const bare = (text: string): string => text.replaceAll(/[\s,;-]/g, '');
const paper = (path: string): string => bare(readFileSync(new URL(path, import.meta.url), 'utf8'));

describe('The policy set', () => {
  it('is valid, and says of every policy which rule it implements', () => {
    expect(policySet().policies.length).toBeGreaterThan(0);
    for (const { id, rule } of policySet().policies) expect(`${id}: ${rule}`).toMatch(/^[a-z-]+: [A-Z].+\.$/);
  });

  it('knows the roles, units, purposes and stages of the code lists, and no others', () => {
    const enumOf = (name: string) => new RegExp(`entity ${name} enum\\s*\\[([^\\]]*)\\]`).exec(schema)?.[1];
    expect(enumOf('Role')?.match(/\w+/g)).toEqual(roles);
    expect(enumOf('Unit')?.match(/\w+/g)).toEqual(units);
    expect(enumOf('Purpose')?.match(/\w+/g)).toEqual(statedPurposes);
    expect(enumOf('Stage')?.match(/\w+/g)).toEqual(caseStages);
  });

  it('is what actions.ts and docs/access.md were made from: npm run policies', () => {
    expect(paper('actions.ts')).toBe(bare(actionsSource(schema)));
    expect(paper('../../../../docs/access.md')).toBe(bare(accessPage(policySet())));
  });

  it('counts as seeing whatever reads, lists, finds or opens something of what is about a person', () => {
    const seeing = policySet()
      .schema.actionsIn('See')
      .map(({ action }) => action);
    const byName = Object.entries(actions)
      .filter(([name, { resource }]) => resource !== 'Waymark' && /^(Read|List|Find|Open)/.test(name))
      .map(([name]) => name);
    // Each note of a list is asked about when it is listed.
    expect(seeing).toEqual(byName.filter((name) => name !== 'ReadNote').toSorted());
  });

  it('has a digest by which two sets are the same, or are not', () => {
    const turned = Object.fromEntries(Object.entries(files).toReversed());
    expect(digestOf({ schema, files: turned })).toBe(digestOf({ schema, files }));
    expect(digestOf({ schema, files: { ...files, 'case.cedar': '' } })).not.toBe(digestOf({ schema, files }));
    expect(digestOf({ schema: `${schema}\n`, files })).not.toBe(digestOf({ schema, files }));
  });

  it('has a policy that allows it for every action', () => {
    const allowed = (action: string) =>
      policySet()
        .about(action)
        .filter(({ effect }) => effect === 'permit');
    expect(Object.keys(actions).filter((action) => allowed(action).length === 0)).toEqual([]);
  });
});

describe('A policy is refused', () => {
  const says = '@id("canary") @rule("A rule.")';
  it.each<[string, string]>([
    ['when its role does not exist', `${says} permit(principal in Role::"oficer", action, resource);`],
    ['when its action does not exist', `${says} permit(principal, action == Action::"ReadCases", resource);`],
    [
      'when it asks for what the thing does not have',
      `${says} permit(principal, action == Action::"ReadCase", resource is Case) when { resource.officer == principal };`,
    ],
    [
      'when it asks for what may be absent',
      `${says} permit(principal, action == Action::"ReadConcern", resource is Concern) when { resource.officer == principal };`,
    ],
    ['when it can never apply', `${says} permit(principal is Anyone, action == Action::"ReadCase", resource);`],
    ['when it cannot be read', `${says} permit(principal, action, resource`],
    ['without an id', '@rule("A rule.") permit(principal, action == Action::"ReadCase", resource);'],
    ['without the rule it implements', '@id("canary") permit(principal, action == Action::"ReadCase", resource);'],
    ['when another has its id', `${says} permit(principal, action, resource);\n`.repeat(2)],
  ])('%s', (_why, text) => {
    expect(() => new PolicySet({ schema, files: { ...files, 'canary.cedar': text } })).toThrow(PolicyError);
  });
});

describe('A decision', () => {
  it('allows what a policy allows, and names policy and ground', () => {
    expect(decide(officer, 'ReadCase', ofTeam('officer-1'))).toMatchObject({
      outcome: 'allow',
      ground: 'team',
      policies: [{ id: 'the-team-reads-its-case' }],
    });
  });

  it('refuses what none allows, and hides what the caller may not know of', () => {
    expect(decide(officer, 'ReadCase', ofTeam('officer-2'))).toEqual({ outcome: 'hidden', policies: [] });
    expect(decide(supervisor, 'AssessRisk', ofTeam('officer-1'))).toEqual({ outcome: 'deny', policies: [] });
  });

  it('lets a prohibition win over every permission', () => {
    const shutOut = concern({ officer: staffRef('officer-1'), shutOutUnits: unitRefs(['support_desk']) });
    expect(decide(officer, 'ReadConcern', concern({ officer: staffRef('officer-1') })).outcome).toBe('allow');
    expect(decide(officer, 'ReadConcern', shutOut)).toMatchObject({
      outcome: 'hidden',
      policies: [{ id: 'shut-out-by-the-reporter' }],
    });
  });

  it.each<[string, Partial<Resource<'Concern'>['attributes']>]>([
    ['person', { shutOutPeople: staffRefs(['supervisor-1']) }],
    ['role', { shutOutRoles: roleRefs(['supervisor']) }],
    ['unit', { shutOutUnits: unitRefs(['support_desk']) }],
  ])('shuts out a %s for every action on the concern', (_what, attributes) => {
    for (const action of ['KnowConcern', 'ReadConcern', 'TriageConcern', 'IssueClientReceipt'] as const)
      expect(decide(supervisor, action, concern(attributes)).outcome).toBe('hidden');
    expect(decide(supervisor, 'AllocateConcern', concern(attributes), { to: staffRef('officer-1') }).outcome).toBe(
      'hidden',
    );
  });

  it('keeps whom a reporter shut out from the case, the client and the referrals, whatever else would let them in', () => {
    const shutOut = staffRefs(['supervisor-1']);
    const team = shutOut;
    const aCase = { ...ofTeam('supervisor-1'), attributes: { team, shutOut, underGlass: [] } };
    const client: Resource<'Client'> = { type: 'Client', id: 'client-1', attributes: { team, recused: [], shutOut } };
    const attributes = { team, recused: [], shutOut, unit: unitRef('support_desk'), sent: true };
    const referral: Resource<'Referral'> = { type: 'Referral', id: 'referral-1', attributes };
    expect(decide(supervisor, 'DraftReferral', aCase).outcome).toBe('hidden');
    for (const action of ['ListConsents', 'ApproveOverride', 'ApproveErasure', 'ReadErasure'] as const)
      expect(decide(supervisor, action, client).outcome).toBe('hidden');
    expect(decide(supervisor, 'ReadReferral', referral).outcome).toBe('hidden');
  });

  it('keeps whom a reporter shut out from what the log holds, as an auditor too', () => {
    const auditor: Principal = { kind: 'staff', id: 'auditor-1', roles: ['auditor'] };
    const history = (...shutOut: string[]): Resource<'History'> => ({
      ...{ type: 'History', id: 'history-1', attributes: { shutOut: staffRefs(shutOut) } },
    });
    for (const action of ['GetClientTimeline', 'CheckCase', 'WhoCouldSee', 'ReviewReadingAlarm'] as const) {
      expect(decide(auditor, action, history()).outcome).toBe('allow');
      expect(decide(auditor, action, history('auditor-1'))).toMatchObject({
        ...{ outcome: 'hidden', policies: [{ id: 'shut-out-of-the-history-too' }] },
      });
    }
  });

  it('keeps whoever has recused from a case from its concern, which they once took', () => {
    const taken = concern({ officer: staffRef('supervisor-1'), recused: staffRefs(['supervisor-1']) });
    for (const action of ['KnowConcern', 'ReadConcern', 'TriageConcern', 'GiveGuidance'] as const)
      expect(decide(supervisor, action, taken).outcome).toBe('hidden');
    expect(decide(supervisor, 'AllocateConcern', taken, { to: staffRef('officer-1') }).outcome).toBe('hidden');
    const another: Principal = { ...supervisor, id: 'supervisor-2' };
    expect(decide(another, 'AllocateConcern', taken, { to: staffRef('supervisor-1') }).outcome).toBe('deny');
    expect(decide(another, 'AllocateConcern', taken, { to: staffRef('officer-1') }).outcome).toBe('allow');
  });

  it('lets whoever has broken the glass read the concern, and name it as the earlier one of nobody', () => {
    const me = staffRefs(['officer-1']);
    expect(decide(officer, 'ReadConcern', concern({ underGlass: me })).outcome).toBe('allow');
    expect(decide(officer, 'NameAsEarlier', concern({ underGlass: me })).outcome).toBe('deny');
    for (const mine of [{ officer: staffRef('officer-1') }, { team: me }])
      expect(decide(officer, 'NameAsEarlier', concern({ ...mine, underGlass: me })).outcome).toBe('allow');
    expect(decide(supervisor, 'NameAsEarlier', concern()).outcome).toBe('allow');
    // What they find of it as the contact of another concern they find as everybody at the desk does, not under their grant.
    expect(decide(officer, 'KnowConcern', concern({ underGlass: me }))).toMatchObject({ ground: 'desk' });
  });

  it('keeps whoever has recused from a case from its client and its referrals, unless they work on another case of the client', () => {
    const [me, nobody] = [staffRefs(['supervisor-1']), staffRefs([])];
    const client = (team: typeof me): Resource<'Client'> => ({
      ...{ type: 'Client', id: 'client-1', attributes: { team, recused: me, shutOut: nobody } },
    });
    for (const action of ['ListOverrides', 'ApproveOverride', 'ApproveErasure', 'ReadErasure'] as const) {
      expect(decide(supervisor, action, client(nobody)).outcome).toBe('hidden');
      expect(decide(supervisor, action, client(me)).outcome).toBe('allow');
    }
    const attributes = { team: me, recused: me, shutOut: nobody, unit: unitRef('support_desk'), sent: true };
    expect(decide(supervisor, 'ReadReferral', { type: 'Referral', id: 'referral-1', attributes }).outcome).toBe(
      'hidden',
    );
  });

  it('judges a purpose only where it is stated, and says to whom it would be allowed otherwise that it is the purpose', () => {
    const for_ = (principal: Principal, purpose: StatedPurpose): Principal =>
      principal.kind === 'staff' ? { ...principal, purpose } : principal;
    const closed = {
      ...ofTeam('officer-1'),
      attributes: { ...ofTeam('officer-1').attributes, stage: stageRef('closed') },
    };
    const refused = (principal: Principal, thing: Resource<'Case'>) => () => decide(principal, 'ReadCase', thing);
    const notForThis = expect.objectContaining({ code: 'purpose_not_allowed' });
    expect(decide(officer, 'ReadCase', closed).outcome).toBe('allow');
    expect(decide(for_(officer, 'follow_up'), 'ReadCase', closed).outcome).toBe('allow');
    expect(refused(for_(officer, 'accompaniment'), closed)).toThrow(notForThis);
    expect(refused(for_(officer, 'statistics'), ofTeam('officer-1'))).toThrow(notForThis);
    expect(refused(for_(supervisor, 'accompaniment'), ofTeam('officer-1'))).toThrow(notForThis);
    expect(decide(for_(supervisor, 'supervision'), 'ReadCase', ofTeam('officer-1')).outcome).toBe('allow');
    expect(decide(for_(officer, 'statistics'), 'ReadCase', ofTeam('officer-2')).outcome).toBe('hidden');
    expect(decide(for_(officer, 'statistics'), 'WriteNote', ofTeam('officer-1')).outcome).toBe('allow');
  });

  it('throws instead of deciding about a thing whose attributes it was not told', () => {
    const incomplete = { ...concern(), attributes: {} };
    expect(() => decideBy(policySet(), officer, 'ReadConcern', incomplete as Resource<'Concern'>, {})).toThrow(
      PolicyError,
    );
  });

  it('throws instead of passing over a prohibition that it cannot evaluate', () => {
    expect(() => decideBy(policySet(), supervisor, 'AllocateConcern', concern(), {})).toThrow(PolicyError);
  });

  it('refuses a service that no policy knows, and an action that none does', () => {
    const stranger: Principal = { kind: 'service', id: 'portal' };
    const client: Resource<'Client'> = {
      type: 'Client',
      id: 'client-1',
      attributes: { team: [], recused: [], shutOut: [] },
    };
    expect(decide(stranger, 'ReadDecision', client).outcome).toBe('hidden');
    expect(decideBy(policySet(), supervisor, 'ReadEverything', platform, {}).outcome).toBe('deny');
  });
});

describe('An earlier set of policies', () => {
  /** Before a reporter could shut somebody out of the case. */
  const earlier = new PolicySet({
    schema: schema.replace(', shutOut?: Set<Staff> };', ' };'),
    files: {
      ...files,
      'conflict-of-interest.cedar': (files['conflict-of-interest.cedar'] ?? '').replace(
        /@id\("shut-out-of-the-case-too"\)[^;]*;/,
        '',
      ),
    },
  });
  const readCase = earlier.schema.actionsIn('See').find(({ action }) => action === 'ReadCase');
  const shuttingOut: Resource<'Case'> = {
    ...{ type: 'Case', id: 'case-1' },
    attributes: { team: staffRefs(['officer-1']), underGlass: [], shutOut: staffRefs(['officer-1']) },
  };

  it('decides by what it knew of a thing', () => {
    if (!readCase) throw new Error('ReadCase shows something');
    expect(couldBy(policySet(), officer, readCase, shuttingOut)).toMatchObject({ allowed: false });
    expect(couldBy(earlier, officer, readCase, shuttingOut)).toMatchObject({
      allowed: true,
      policies: [{ id: 'the-team-reads-its-case' }],
    });
    expect(couldBy(earlier, { kind: 'service', id: 'case' }, readCase, shuttingOut).allowed).toBe(false);
  });

  it('throws about a thing that lacks what it asks for, instead of deciding without it', () => {
    if (!readCase) throw new Error('ReadCase shows something');
    const incomplete = { ...shuttingOut, attributes: {} } as Resource<'Case'>;
    expect(() => couldBy(earlier, officer, readCase, incomplete)).toThrow(PolicyError);
  });
});

describe('The door', () => {
  const people: readonly Principal[] = [
    ...roles.map((role): Principal => ({ kind: 'staff', id: 'me', roles: [role], unit: 'legal' })),
    { kind: 'staff', id: 'me', roles: ['officer', 'unit_focal_point', 'clinician'], unit: 'legal' },
    { kind: 'staff', id: 'me', roles: [] },
    { kind: 'reporter', id: 'session-1', concernId: 'thing' },
    { kind: 'reporter', id: 'session-1', concernId: 'thing', clientId: 'thing' },
    { kind: 'reporter', id: 'session-1', concernId: 'thing', reporterId: 'thing' },
    { kind: 'service', id: 'referral' },
    { kind: 'service', id: 'audit' },
    { kind: 'anonymous' },
  ];
  const me = staffRefs(['me']);
  /** Things with which everybody has everything to do. */
  const mine: { readonly [Type in Resource['type']]: Resource<Type>['attributes'] } = {
    Waymark: {},
    Concern: {
      ...{ officer: staffRef('me'), reportedByClient: true, recused: [], underGlass: me },
      ...{ shutOutPeople: [], shutOutRoles: [], shutOutUnits: [] },
    },
    Case: { team: me, shutOut: [], underGlass: me },
    Note: { team: me, underGlass: me, author: staffRef('me'), noteClass: 'administrative' },
    Client: { team: me, recused: [], shutOut: [] },
    Referral: { team: me, recused: [], shutOut: [], unit: unitRef('legal'), sent: true },
    History: { shutOut: [] },
  };

  /** Glass is broken by those who have nothing to do with a case. */
  const attributesFor = (action: ActionName) =>
    action === 'BreakGlass' ? { team: [], shutOut: [], underGlass: [] } : mine[actions[action].resource];
  const contextOf = (action: ActionName): Record<string, EntityRef<'Staff'>> =>
    action === 'AllocateConcern' ? { to: staffRef('me') } : {};

  it('refuses exactly those to whom the policies would allow nothing, whatever they have to do with it', () => {
    for (const action of Object.keys(actions) as ActionName[])
      for (const principal of people) {
        const type = actions[action].resource;
        const resource: Resource = { type, id: 'thing', attributes: attributesFor(action) };
        const { outcome } = decideBy(policySet(), principal, action, resource, contextOf(action));
        expect({ action, principal, allowed: mayAsk(principal, action) }).toEqual({
          action,
          principal,
          allowed: outcome === 'allow',
        });
      }
  });

  it('may be remembered for everybody alike, since no policy names one person', () => {
    for (const { id, text } of policySet().policies)
      expect({ id, names: text.match(/(Staff|Reporter)::"/) }).toEqual({ id, names: null });
  });
});
