import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { statedPurposes } from '@waymark/contracts';
import { type Stage, startStage } from '@waymark/stage';
import { type OpenedCase, openCaseFor } from './accepted-concern.fixture.js';
import { caseService } from './case.service.js';

jest.setTimeout(120_000);

const [officer, supervisor, outside] = ['amina.officer', 'ingrid.supervisor', 'kwame.officer'];

describe('saying what a case is read for', () => {
  let stage: Stage;
  let opened: OpenedCase;
  beforeAll(async () => {
    stage = await startStage({ services: [caseService], logLevel: 'error' });
  });
  beforeEach(async () => {
    opened = await openCaseFor(stage, stage.busOf('intake'));
  });
  afterAll(() => stage?.close());

  const read = (as: string, purpose?: string, path = '') =>
    stage.ask('case', 'GET', `/v1/cases/${opened.caseId}${path}`, {
      as,
      ...(purpose === undefined ? {} : { headers: { 'x-purpose': purpose } }),
    });
  const post = (as: string, path: string, body: object, headers: Readonly<Record<string, string>> = {}) =>
    stage.ask('case', 'POST', `/v1/cases/${opened.caseId}${path}`, { as, body, headers });
  const close = async () => {
    const closure = { closureReason: 'needs_met', noFinalRiskBecause: 'Never assessed.' };
    expect(await post(officer, '/closure', closure)).toMatchObject({ status: 200 });
  };
  /** What the access log says of the readings of the case, the newest last. */
  const recorded = async (): Promise<readonly (string | undefined)[]> => {
    const purposes: (string | undefined)[] = [];
    for await (const { metadata } of stage.log.readStream(`case_access-${opened.caseId}`))
      purposes.push(metadata.purpose);
    return purposes;
  };
  const lastPurpose = async () => (await recorded()).at(-1);
  const notForThis = { status: 403, body: { code: 'purpose_not_allowed' } };

  it('is recorded with the reading; whoever says nothing reads for what is usual', async () => {
    for (const [as, stated, purpose] of [
      [officer, undefined, 'accompaniment'],
      [officer, 'security', 'security'],
      [officer, 'accompaniment', 'accompaniment'],
      [supervisor, undefined, 'supervision'],
      [supervisor, 'supervision', 'supervision'],
    ] as const) {
      expect(await read(as, stated)).toMatchObject({ status: 200 });
      expect({ as, stated, purpose: await lastPurpose() }).toEqual({ as, stated, purpose });
    }
    expect(await read(officer, 'medical_care', '/notes')).toMatchObject({ status: 200 });
    expect(await lastPurpose()).toBe('medical_care');
  });

  it('takes a word of the list only, and the refusal names header and list', async () => {
    for (const word of ['curiosity', 'Statistics', 'statistics, audit', '']) {
      const { status, body } = await read(officer, word);
      expect({ word, status, code: body.code }).toEqual({ word, status: 400, code: 'purpose_unknown' });
      expect(body.errors).toMatchObject([{ field: 'X-Purpose', rule: 'code' }]);
      for (const purpose of statedPurposes) expect(body.errors[0].message).toContain(purpose);
    }
    const note = { noteClass: 'administrative', text: 'A call.' };
    expect(await post(officer, '/notes', note, { 'x-purpose': 'curiosity' })).toMatchObject({ status: 400 });
    expect(await recorded()).not.toContain('curiosity');
  });

  it('is never statistics, whoever asks; and whoever may not know of the case learns nothing by that', async () => {
    for (const as of [officer, supervisor])
      for (const path of ['', '/notes']) expect(await read(as, 'statistics', path)).toMatchObject(notForThis);
    // Refused, and recorded as that: case and notes, to either of them.
    expect((await recorded()).filter((purpose) => purpose === 'statistics')).toHaveLength(4);
    const hidden = await read(outside, 'statistics');
    expect(hidden).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });

  it('is supervision for a supervisor who is not on the team, and anything but statistics for one who is', async () => {
    expect(await read(supervisor, 'accompaniment')).toMatchObject(notForThis);
    const body = { staffId: stage.idOf(supervisor) };
    expect(await post(supervisor, '/team-members', body)).toMatchObject({ status: 200 });
    expect(await read(supervisor, 'accompaniment')).toMatchObject({ status: 200 });
    expect(await read(supervisor, 'statistics')).toMatchObject(notForThis);
  });

  it('is no accompaniment once the case is closed, until it is reopened', async () => {
    await close();
    expect(await read(officer, 'accompaniment')).toMatchObject(notForThis);
    expect(await read(officer)).toMatchObject({ status: 200 });
    expect(await lastPurpose()).toBe('follow_up');
    expect(await read(supervisor)).toMatchObject({ status: 200 });
    expect(await lastPurpose()).toBe('supervision');
    expect(await read(officer, 'audit')).toMatchObject({ status: 200 });
    expect(await post(officer, '/reopening', { reason: 'They came back.' })).toMatchObject({ status: 200 });
    expect(await read(officer, 'accompaniment')).toMatchObject({ status: 200 });
  });

  it('is said of lists as well: what is stated, else accompaniment, or follow-up of what is closed', async () => {
    const listed = async (at: string, stated?: string): Promise<unknown> => {
      const headers: Readonly<Record<string, string>> = stated === undefined ? {} : { 'x-purpose': stated };
      const path = `/v1/cases?stage=${at}&limit=100`;
      expect(await stage.ask('case', 'GET', path, { as: officer, headers })).toMatchObject({ status: 200 });
      const reads = { after: 0n, categories: ['case_access'], limit: 10_000 };
      const { events } = await stage.log.readAll(reads);
      const last = events.at(-1);
      expect(last).toMatchObject({ type: 'ClientDataListed', data: { ground: 'team', what: 'ListCases' } });
      expect(last?.data).toMatchObject({ shown: expect.arrayContaining([`case-${opened.caseId}`]) });
      return last?.metadata.purpose;
    };
    expect(await listed('engagement')).toBe('accompaniment');
    expect(await listed('engagement', 'security')).toBe('security');
    await close();
    expect(await listed('closed')).toBe('follow_up');
    expect(await listed('closed', 'audit')).toBe('audit');
  });

  it('stays what the glass was broken for, whatever is said when it is read', async () => {
    const glass = { purpose: 'officer_absent', reason: 'Nobody is there.', hours: 1 };
    expect(await post(outside, '/emergency-accesses', glass)).toMatchObject({ status: 201 });
    expect(await read(outside, 'security')).toMatchObject({ status: 200 });
    expect(await lastPurpose()).toBe('officer_absent');
    expect(await read(outside, 'statistics')).toMatchObject(notForThis);
  });

  it('stands beside what is written as well', async () => {
    const note = { noteClass: 'administrative', text: 'A call.' };
    const asked = { as: officer, body: note, headers: { 'x-purpose': 'security' }, key: randomUUID() };
    expect(await stage.ask('case', 'POST', `/v1/cases/${opened.caseId}/notes`, asked)).toMatchObject({ status: 201 });
    const purposes: (string | undefined)[] = [];
    for await (const { metadata } of stage.log.readStream(`case-${opened.caseId}`)) purposes.push(metadata.purpose);
    expect(purposes.at(-1)).toBe('security');
  });
});
