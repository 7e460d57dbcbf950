import { expect } from '@jest/globals';
import type { Stage } from '@waymark/stage';
import { eventually } from '@waymark/testing';
import { asked } from './routes-of-what-follows.fixture.js';
import { caseShuttingOut } from './shut-out.fixture.js';

type Method = 'GET' | 'POST';

interface FollowedCase {
  readonly caseId: string;
  readonly clientId: string;
}

/** Cases that consent and referral follow, worked on by one officer; the requests of others go through it as well. */
export class FollowedCases {
  constructor(
    private readonly stage: Stage,
    private readonly officer: string,
  ) {}

  /** A case whose reporter shuts somebody out, or nobody, once consent and referral know its team. */
  async open(exclusions?: object): Promise<FollowedCase> {
    const { stage, officer } = this;
    const caseId = await caseShuttingOut(stage, officer, exclusions);
    const { body } = await stage.ask('case', 'GET', `/v1/cases/${caseId}`, { as: officer });
    const clientId: string = body.clientId;
    await eventually(async () => {
      expect(await this.askOfClient('GET', clientId, 'consents', officer)).toMatchObject({ status: 200 });
      expect(await stage.query('referral', 'SELECT 1 FROM case_teams WHERE case_id = $1', [caseId])).toHaveLength(1);
    });
    return { caseId, clientId };
  }

  askOfClient(method: Method, clientId: string, path: string, as: string, body: object = {}) {
    return this.stage.ask('consent', method, `/v1/clients/${clientId}/${path}`, { as, body });
  }

  askOfReferrals(method: Method, path: string, as: string, body: object = {}) {
    return this.stage.ask('referral', method, `/v1/referrals${path}`, { as, body });
  }

  draft(caseId: string, unit = 'ombudsman') {
    return this.askOfReferrals('POST', '', this.officer, {
      ...{ caseId, unit, service: 'mediation', purpose: 'referral', urgency: 'routine' },
      package: [{ category: 'contact', content: 'By letter only.' }],
    });
  }

  /** Sends a referral to the Ombudsman with the client's consent; answers its id. */
  async send({ caseId, clientId }: FollowedCase): Promise<string> {
    const validUntil = new Date(Date.parse(this.stage.clock.now()) + 86_400_000).toISOString();
    const consent = { ...asked, form: 'written', validUntil };
    const given = await this.askOfClient('POST', clientId, 'consents', this.officer, consent);
    expect(given).toMatchObject({ status: 201 });
    const { body } = await this.draft(caseId);
    const sending = await this.askOfReferrals('POST', `/${body.referralId}/sending`, this.officer);
    expect(sending).toMatchObject({ status: 200 });
    return body.referralId;
  }

  /** The ids of the referrals that somebody's list shows. */
  async listOf(as: string, query = ''): Promise<readonly string[]> {
    const { body } = await this.askOfReferrals('GET', `?limit=100${query}`, as);
    return body.items.map((line: { referralId: string }) => line.referralId);
  }
}
