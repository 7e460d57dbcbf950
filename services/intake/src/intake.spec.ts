import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Stage, startStage } from '@waymark/stage';
import { intake } from './intake.service.js';

const arabic = 'لا أعرف إن كان هذا المكان الصحيح. 🕊️ مديري يرسل لي رسائل في الليل.\n\nلا تتصلوا بي في المكتب.';

const concern = {
  kind: 'concern_report',
  identity: 'anonymous',
  reporterRelation: 'affected_person',
  matter: ['sexual_harassment'],
  language: 'ar',
  immediateDanger: false,
  narrative: arabic,
};

describe('intake over HTTP', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage({ services: [intake], logLevel: 'error' });
  });
  afterAll(() => stage.close());

  it('takes a concern without an account and lets its receipt open it again, byte for byte', async () => {
    const submitted = await stage.ask('intake', 'POST', '/v1/concerns', { body: concern });
    expect(submitted.body).toMatchObject({ receipt: expect.stringMatching(/^\d{16}$/) });
    expect(submitted.status).toBe(201);
    const session = await stage.ask('intake', 'POST', '/v1/receipt-sessions', {
      body: { receipt: submitted.body.receipt },
    });
    expect(session.body).toMatchObject({ scope: 'reporter' });
    const mine = await stage.ask('intake', 'GET', '/v1/my-concern', { token: session.body.token });
    expect(mine.body).toMatchObject({ status: 'received', narrative: arabic, messages: [] });
  });
});
