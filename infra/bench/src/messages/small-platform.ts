import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { DemoTokens } from '@waymark/identity';
import { type Processes, startProcesses } from '@waymark/processes';
import { services } from '@waymark/provision';
import { freePorts } from '@waymark/testing';
import pg from 'pg';

const officer = 'amina.officer';
const supervisor = 'ingrid.supervisor';
const joining = 'kwame.officer';
const passedThrough: readonly string[] = ['case', 'consent'];

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** As many as keep the log of each about as long as that of a real one. */
const openCases = 20;

interface OpenCase {
  readonly caseId: string;
  readonly clientId: string;
  /** Whether who joins and leaves is on its team. */
  member: boolean;
}

/** Milliseconds since a command was acknowledged. */
export interface Seen {
  /** From here on every question shows it. */
  readonly visible: number;
  /** A question that was asked then is answered, over HTTP. */
  readonly answered: number;
}

/** How often one looks into the view. A question over HTTP is recorded, and would slow down what it waits for. */
const lookEveryMs = 1;

/** Every service as a process of its own over Kafka, with some open cases. */
export class SmallPlatform {
  private readonly tokens: DemoTokens;
  private readonly cases: OpenCase[] = [];
  private staffId = '';

  private constructor(
    private readonly processes: Processes,
    private readonly view: pg.Client,
  ) {
    this.tokens = new DemoTokens(processes.issuer);
  }

  static async start(postgresAdminUrl: string, kafkaBrokers: readonly string[], dir: string): Promise<SmallPlatform> {
    const names = [...services.map(({ name }) => name), 'identity'];
    const free = await freePorts(names.length);
    const ports = Object.fromEntries(names.map((name, index) => [name, free[index] ?? 0]));
    // The case service tells of its teams at once as well; what is measured is the way through Kafka.
    const environment = { TEAMS_TOLD_AT: '' };
    const processes = await startProcesses({ postgresAdminUrl, kafkaBrokers, dir, ports, environment });
    const view = new pg.Client({ connectionString: processes.environmentOf('consent').DATABASE_URL });
    const platform = new SmallPlatform(processes, view);
    try {
      await view.connect();
      await platform.learnWhoJoins();
      for (let opened = 0; opened < openCases; opened += 1) await platform.openCase();
      return platform;
    } catch (error) {
      await platform.stop();
      throw error;
    }
  }

  /**
   * Somebody joins the team of a case, or leaves it, in the case service; answers when the consent service shows them the client's
   * consents, or no longer. One case after the other. Rejects when a question that is asked once the view has it does not show it.
   */
  async teamChangeSeenByConsent(): Promise<Seen> {
    const open = this.cases.shift();
    if (!open) throw new Error('no case is open');
    this.cases.push(open);
    const members = `/v1/cases/${open.caseId}/team-members`;
    await this.tokens.of(joining);
    if (open.member) await this.demand(200, 'case', `${members}/${this.staffId}/removal`, supervisor, {});
    else await this.demand(200, 'case', members, supervisor, { staffId: this.staffId });
    const acknowledged = performance.now();
    const since = (): number => performance.now() - acknowledged;
    open.member = !open.member;
    while ((await this.isOnTeam(open.caseId)) !== open.member) {
      if (since() > 30_000) throw new Error('consent has not heard of it after 30 s');
      await pause(lookEveryMs);
    }
    const visible = since();
    const expected = open.member ? 200 : 404;
    const { status } = await this.ask('consent', `/v1/clients/${open.clientId}/consents`, joining);
    if (status !== expected) throw new Error(`consent answers ${status} in place of ${expected}`);
    return { visible, answered: since() };
  }

  /** Whether they are, in the view by which the consent service lets people in. */
  private async isOnTeam(caseId: string): Promise<boolean> {
    const { rows } = await this.view.query({
      name: 'is-on-team',
      text: 'SELECT FROM case_teams WHERE case_id = $1 AND $2 = ANY(team)',
      values: [caseId, this.staffId],
    });
    return rows.length > 0;
  }

  /** Leaves only those that a change of a team passes through on its way to the consent service's view. */
  async stopAllBeside(): Promise<void> {
    const beside = services.filter(({ name }) => !passedThrough.includes(name));
    await Promise.all(beside.map(({ name }) => this.processes.terminate(name)));
  }

  async stop(): Promise<void> {
    await this.view.end();
    await this.processes.stop();
  }

  private async openCase(): Promise<void> {
    const raised = await this.demand(201, 'intake', '/v1/concerns', undefined, {
      kind: 'concern_report',
      identity: 'anonymous',
      reporterRelation: 'affected_person',
      matter: ['harassment'],
      language: 'en',
      immediateDanger: false,
      narrative: 'Measured, not read.',
    });
    const concern = `/v1/concerns/${String(raised.body.concernId)}`;
    const steps: readonly (readonly [string, object])[] = [
      ['allocation', {}],
      ['messages', { text: 'We are here.' }],
      ['triage', { priority: 'routine', riskOfRetaliation: false, mandatoryReportingExplained: true }],
      ['guidance', { avenues: ['ombudsman_mediation'], decision: 'proceed' }],
      ['acceptance', {}],
    ];
    for (const [step, body] of steps) await this.demand(200, 'intake', `${concern}/${step}`, officer, body);
    const clientId = String((await this.ask('intake', concern, officer)).body.clientId);
    let caseId = '';
    const cases = `/v1/cases?concernId=${String(raised.body.concernId)}`;
    for (const until = Date.now() + 30_000; caseId === ''; await pause(50)) {
      const [found] = (await this.ask('case', cases, officer)).body.items as readonly { readonly caseId: string }[];
      if (found) ({ caseId } = found);
      else if (Date.now() > until) throw new Error('the case did not open within 30 s');
    }
    this.cases.push({ caseId, clientId, member: false });
  }

  private async learnWhoJoins(): Promise<void> {
    const [, payload = ''] = (await this.tokens.of(joining)).split('.');
    const { sub }: { sub: string } = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    this.staffId = sub;
  }

  private async demand(status: number, service: string, path: string, as: string | undefined, body: object) {
    const answer = await this.ask(service, path, as, body);
    if (answer.status !== status)
      throw new Error(`${service} ${path} answered ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer;
  }

  /** A command when there is a body, else a question. */
  private async ask(service: string, path: string, as?: string, body?: object): Promise<Answer> {
    const headers = new Headers();
    if (as !== undefined) headers.set('authorization', `Bearer ${await this.tokens.of(as)}`);
    if (body !== undefined) {
      headers.set('content-type', 'application/json');
      headers.set('idempotency-key', randomUUID());
    }
    const command = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const response = await fetch(`${this.processes.urlOf(service)}${path}`, { headers, ...command });
    return { status: response.status, body: (await response.json()) as Answer['body'] };
  }
}
