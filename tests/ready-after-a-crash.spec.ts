import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { intake } from '@waymark/intake';
import { type Stage, startStage } from '@waymark/stage';
import { eventually } from '@waymark/testing';

const concern = {
  kind: 'concern_report',
  identity: 'anonymous',
  reporterRelation: 'affected_person',
  language: 'en',
  immediateDanger: false,
  matter: ['sexual_harassment'],
  narrative: 'It goes on.',
};

describe('a service that starts with views behind the log', () => {
  let stage: Stage;
  let database: pg.Client;

  beforeAll(async () => {
    stage = await startStage({ services: [intake] });
    for (let count = 0; count < 3; count += 1)
      expect(await stage.ask('intake', 'POST', '/v1/concerns', { body: concern })).toMatchObject({ status: 201 });
    await stage.stop('intake');
    database = new pg.Client({ connectionString: stage.environmentOf('intake').DATABASE_URL });
    await database.connect();
  });
  afterAll(async () => {
    await database?.end();
    await stage?.close();
  });

  it('is not ready before they show what was in the log, says which, and takes commands meanwhile', async () => {
    await database.query(`UPDATE view_generations SET position = 0 WHERE view = 'concern-queue'`);
    await database.query('TRUNCATE concern_queue_v8.concern_queue');
    await database.query('BEGIN');
    await database.query('LOCK TABLE concern_queue_v8.concern_queue IN ACCESS EXCLUSIVE MODE');
    await stage.start('intake');
    await eventually(async () => {
      const { status, body } = await stage.ask('intake', 'GET', '/health/ready');
      expect({ status, detail: body.detail }).toEqual({
        status: 503,
        detail: 'views: concern-queue still catching up with the log',
      });
    });
    expect(await stage.ask('intake', 'POST', '/v1/concerns', { body: concern })).toMatchObject({ status: 201 });

    await database.query('ROLLBACK');
    await eventually(async () =>
      expect(await stage.ask('intake', 'GET', '/health/ready')).toMatchObject({ status: 200 }),
    );
    const queue = await stage.ask('intake', 'GET', '/v1/concerns', { as: 'amina.officer' });
    expect(queue).toMatchObject({ status: 200 });
    expect(queue.body.items).toHaveLength(4);
  });
});
