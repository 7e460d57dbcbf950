import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { definitions } from '@waymark/services';
import { type Stage, startStage } from '@waymark/stage';
import { eventually } from '@waymark/testing';
import { acceptedCase } from './accepted-case.fixture.js';
import { canaryOf, findings } from './canary-search.fixture.js';
import { databasesOf, expectAll, newWords, ofAnother, ofTheClient, ofTheReporter } from './erasing.fixture.js';
import { askToEraseReporter } from './reporter-erasure.fixture.js';
import { envelopesIn, openByForce } from './sealed-search.fixture.js';
import { concernShuttingOut, toldBy } from './shut-out.fixture.js';
import { type Played, playStory } from './whole-platform.fixture.js';

jest.setTimeout(180_000);

const sealing = ['intake', 'case', 'consent', 'referral'] as const;
const words = newWords();
const officer = 'amina.officer';
const [supervisor, other] = ['ingrid.supervisor', 'tomas.supervisor'];

describe('erasing the witness who reported', () => {
  let stage: Stage;
  let played: Played;
  let reporterId: string;
  const lines: string[] = [];
  beforeAll(async () => {
    const logTo = (line: string) => lines.push(line);
    const environment = { KEY_BACKUP_DAYS: '20' };
    stage = await startStage({ services: definitions, logLevel: 'info', logTo, environment });
    played = await playStory(stage, words);
  });
  afterAll(() => stage?.close());

  const consent = (method: 'GET' | 'POST', id: string, path: string, as = supervisor, body: object = {}) =>
    stage.ask('consent', method, `/v1/clients/${id}/${path}`, { as, body });
  /** What the witness sees of it. */
  const myErasure = () => stage.ask('consent', 'GET', '/v1/my-erasure', { token: played.reporterToken });
  /** What all keys there are open of the texts that lie anywhere, sealed for whomever this is about. */
  const openedOf = async (isAbout: (subject: string) => boolean): Promise<string> => {
    const sealed = [...envelopesIn(await databasesOf(stage))].filter(([, subject]) => isAbout(subject));
    return (await openByForce(stage, new Map(sealed))).join('\n');
  };
  const inTheClear = async () => {
    const planted = Object.entries(words).map(([field, word]) => canaryOf(field, word));
    return findings(planted, [...(await databasesOf(stage)), { place: 'log lines', text: lines.join('') }]);
  };

  it('is asked for by the witness, and waits for another person and for a legal hold on the client', async () => {
    const asked = await stage.ask('intake', 'POST', '/v1/my-concern/erasure-requests', { token: played.reporterToken });
    expect(asked).toMatchObject({ status: 201, body: { status: 'requested' } });
    const concern = await stage.ask('intake', 'GET', `/v1/concerns/${played.concernId}`, { as: supervisor });
    expect(concern.body).toMatchObject({ reporterErasureRequested: true, clientId: played.clientId });
    ({ reporterId } = concern.body);
    expectAll(await openedOf((subject) => subject === reporterId), words, ofTheReporter, true);
    expectAll(await openedOf((subject) => subject !== reporterId), words, [...ofTheClient, ...ofAnother], true);
    await eventually(async () => (await myErasure()).status === 200);
    expect(await myErasure()).toMatchObject({ body: { status: 'requested', way: 'receipt' } });
    expect(await consent('POST', reporterId, 'erasure-approval', officer)).toMatchObject({ status: 403 });
    const hold = await consent('POST', played.clientId, 'legal-holds', supervisor, { basis: 'investigation' });
    expect(hold).toMatchObject({ status: 201 });
    const held = { status: 409, body: { code: 'legal_hold_stands' } };
    expect(await consent('POST', reporterId, 'erasure-approval')).toMatchObject(held);
    await consent('POST', played.clientId, `legal-holds/${hold.body.holdId}/lifting`);
    expect(await consent('POST', reporterId, 'erasure-approval')).toMatchObject({ status: 200 });
  });

  it('ends with a certificate of four contexts, of which the only one that had a key says when it was destroyed', async () => {
    const erasure = await eventually(async () => {
      const { body } = await consent('GET', reporterId, 'erasure');
      return body.erasure.status === 'completed' && body.erasure;
    });
    const of = { ground: 'reporter_request', way: 'receipt', approvedBy: stage.idOf(supervisor) };
    expect(erasure).toMatchObject({ ...of, lastBackupExpiresAt: expect.any(String) });
    expect((await myErasure()).body).toMatchObject({ status: 'completed', contexts: erasure.contexts });
    const contexts: { context: string; keyMadeAt?: string }[] = erasure.contexts;
    expect(contexts.map(({ context }) => context).toSorted()).toEqual([...sealing].toSorted());
    expect(contexts.filter(({ keyMadeAt }) => keyMadeAt).map(({ context }) => context)).toEqual(['intake']);
    expect((await consent('GET', played.clientId, 'erasure')).body).not.toHaveProperty('erasure');
  });

  it('leaves no text of theirs that any key would open, and every text of the client and of others', async () => {
    expect(await openedOf((subject) => subject === reporterId)).toBe('');
    const opened = await openedOf(() => true);
    // Whoever called gave the same name and number: these stay with that other concern.
    expectAll(opened, words, ['narrative', 'fromReporter', 'fromOfficer'], false);
    expectAll(opened, words, [...ofTheClient, ...ofAnother], true);
    expect(await inTheClear()).toEqual([]);
  });

  it('leaves the client, their case and their consents as they were, and says in the concern what is gone', async () => {
    const { concernId, caseId, clientId, clientToken, reporterToken } = played;
    const concern = await stage.ask('intake', 'GET', `/v1/concerns/${concernId}`, { as: officer });
    expect(concern.body).toMatchObject({ erased: ['reporter'], account: { matter: ['sexual_harassment'] } });
    expect(concern.body.account).not.toHaveProperty('narrative');
    const mine = await stage.ask('intake', 'GET', '/v1/my-concern', { token: reporterToken });
    expect(mine).toMatchObject({
      status: 200,
      body: { narrative: '', erased: true, messages: [{ erased: true }, {}] },
    });
    const guidance = { avenues: ['no_action_now'], decision: 'not_now' };
    const options = { as: officer, body: guidance };
    expect(await stage.ask('intake', 'POST', `/v1/concerns/${concernId}/guidance`, options)).toMatchObject({
      ...{ status: 200 },
    });
    const notes = await stage.ask('case', 'GET', `/v1/cases/${caseId}/notes`, { as: 'marek.clinician' });
    expect(JSON.stringify(notes.body)).toContain(words.note);
    const consents = await stage.ask('consent', 'GET', '/v1/my-consents', { token: clientToken });
    expect(consents.body.items[0]).not.toHaveProperty('erased');
    expect(await consent('POST', clientId, 'erasure-requests', officer, { way: 'oral' })).toMatchObject({
      status: 201,
    });
  });

  it.each(['taken', 'accepted'] as const)(
    'is no matter of whom they shut out, of a concern that is %s',
    async (how) => {
      const exclusions = { people: [stage.idOf(supervisor)] };
      const concernId = await concernShuttingOut(stage, exclusions, { reporterRelation: 'witness' });
      if (how === 'accepted') await acceptedCase(stage, concernId, officer);
      else await stage.ask('intake', 'POST', `/v1/concerns/${concernId}/allocation`, { as: officer });
      const witness = await askToEraseReporter(stage, concernId, { as: officer });
      const tries = [
        ['GET', 'erasure', {}],
        ['POST', 'erasure-approval', {}],
        ['POST', 'legal-holds', { basis: 'investigation' }],
      ] as const;
      const hidden = async () => {
        for (const [method, path, body] of tries) {
          const answer = toldBy(await consent(method, witness, path, supervisor, body));
          expect({ path, ...answer }).toMatchObject({ status: 404, rest: { code: 'not_found' } });
          expect(answer).toEqual(toldBy(await consent(method, randomUUID(), path, supervisor, body)));
        }
        expect(await stage.ask('intake', 'GET', `/v1/concerns/${concernId}`, { as: supervisor })).toMatchObject({
          ...{ status: 404 },
        });
      };
      await hidden();
      expect(await consent('POST', witness, 'erasure-approval', other)).toMatchObject({ status: 200 });
      await eventually(
        async () => (await consent('GET', witness, 'erasure', other)).body.erasure.status === 'completed',
      );
      await hidden();
    },
  );

  it('is not approved by the supervisor who wrote down that it was asked for', async () => {
    const concernId = await concernShuttingOut(stage, undefined, { reporterRelation: 'witness' });
    await stage.ask('intake', 'POST', `/v1/concerns/${concernId}/allocation`, {
      ...{ as: supervisor, body: { officerId: stage.idOf(supervisor) } },
    });
    const witness = await askToEraseReporter(stage, concernId, { as: supervisor });
    const refused = { status: 409, body: { code: 'approver_is_requester' } };
    expect(await consent('POST', witness, 'erasure-approval')).toMatchObject(refused);
    expect(await consent('POST', witness, 'erasure-approval', other)).toMatchObject({ status: 200 });
  });
});
