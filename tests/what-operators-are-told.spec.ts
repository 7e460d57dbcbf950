import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { runCommandLine } from '@waymark/cli';
import { intake } from '@waymark/intake';
import { type Stage, startStage } from '@waymark/stage';

jest.setTimeout(120_000);

describe('what operators are told', () => {
  let stage: Stage;
  let secrets: string;

  beforeAll(async () => {
    stage = await startStage({ services: [intake] });
    secrets = await mkdtemp(join(tmpdir(), 'waymark-told-'));
    await mkdir(join(secrets, 'intake'));
    const lines = Object.entries(stage.environmentOf('intake')).map(([name, value]) => `${name}=${value}\n`);
    await writeFile(join(secrets, 'intake', 'intake.env'), lines.join(''));
  });
  afterAll(async () => {
    await stage?.close();
    await rm(secrets, { recursive: true, force: true });
  });

  const run = async (args: readonly string[]) => {
    let [out, said] = ['', ''];
    const stderr = new Writable({ write: (chunk, _encoding, done) => done((said += String(chunk)) ? null : null) });
    const code = await runCommandLine(args, { stdout: { write: (text: string) => (out += text).length }, stderr });
    return { code, out, said };
  };
  const processes = (...args: readonly string[]) => run(['processes', ...args, '--secrets', secrets]);
  const views = (...args: readonly string[]) => run(['views', ...args, '--secrets', secrets]);
  const dead = (...args: readonly string[]) =>
    run(['messages', 'dead', ...args, '--database', String(stage.environmentOf('intake').DATABASE_URL)]);

  const openProcess = async (): Promise<string> => {
    const [processId, about] = [randomUUID(), randomUUID()];
    const row = {
      ...{ process_id: processId, process: 'concern-acceptance', version: 1, about, step: 'upgrade_receipt' },
      ...{ since: '2026-03-02T08:00:00Z', due_at: '2036-03-02T08:05:00Z', completed_at: null },
      steps: [
        {
          ...{ step: 'upgrade_receipt', since: '2026-03-02T08:00:00Z', dueAt: '2036-03-02T08:05:00Z' },
          ...{ takenAt: [], awaits: [], answers: [], overdueAt: null, doneAt: null },
        },
      ],
    };
    await stage.query('intake', 'INSERT INTO processes SELECT * FROM jsonb_populate_record(NULL::processes, $1)', [
      JSON.stringify(row),
    ]);
    return processId;
  };
  const deadLetter = async (outcome: 'discarded' | null): Promise<string> => {
    const id = randomUUID();
    await stage.query(
      'intake',
      `INSERT INTO dead_letters (id, consumer, reason, subject, sequence, source, value, topic, partition, "offset",
         failed_at, first_failed_at, closed_at, outcome)
       VALUES ($1::uuid, 'intake', 'out_of_sequence', $1::uuid, 1, 'case', '{}', 'waymark.case', 0, '1', now(), now(),
         CASE WHEN $2::text IS NULL THEN NULL ELSE now() END, $2)`,
      [id, outcome],
    );
    return id;
  };

  it('a step that fails again and again is told as such, and when it is tried again', async () => {
    const processId = await openProcess();
    await stage.query(
      'intake',
      `INSERT INTO process_clocks (process_id, work, step, attempt, due_at, failures, try_at)
       VALUES ($1, 'take', 'upgrade_receipt', 1, '2036-03-02T08:00:00Z', 7, '2036-03-02T08:04:00Z')`,
      [processId],
    );
    const listed = JSON.parse((await processes('list', '--json')).out).processes;
    expect(listed).toMatchObject([{ processId, tries: 0, failures: 7, tryAt: '2036-03-02T08:04:00.000Z' }]);
    expect((await processes('list')).out).toMatch(/failed.*\n.*upgrade_receipt +0 +0 +7 /);
    expect((await processes('show', processId)).out).toContain('7 times in a row; tried again at 2036-03-02T08:04');
    await stage.query(
      'intake',
      `INSERT INTO failed_work (kind, what, error, failed_at)
       VALUES ('process_clocks', $1 || ' take upgrade_receipt 1', 'KeyProviderError unavailable', '2036-03-02T08:03:00Z')`,
      [processId],
    );
    const why = 'at 2036-03-02T08:03:00.000Z with KeyProviderError unavailable; tried again';
    expect((await processes('show', processId)).out).toContain(`7 times in a row, ${why}`);
    expect((await processes('list')).out).toContain(`${processId} fails with KeyProviderError unavailable`);
    expect((await views('list')).out).toContain('process_clocks ' + processId);
    expect((await views('status', 'intake-process-clocks')).out).toContain('KeyProviderError unavailable; 1 tries');
    expect((await views('status', 'concern-queue')).out).not.toContain('KeyProviderError');
  });

  it('a list that ends before everything is told says so', async () => {
    for (let count = 0; count < 3; count += 1) await openProcess();
    for (let count = 0; count < 3; count += 1) await deadLetter(null);
    for (const [list, key] of [
      [processes, 'processes'],
      [dead, 'deadLetters'],
    ] as const) {
      const first = JSON.parse((await list('list', '--limit', '2', '--json')).out);
      expect({ told: first[key].length, more: first.more }).toEqual({ told: 2, more: true });
      expect((await list('list', '--limit', '2')).out).toContain('raise --limit, which is 2');
      expect(JSON.parse((await list('list', '--json')).out).more).toBe(false);
      expect((await list('list')).out).not.toContain('--limit');
    }
  });

  it('a dead letter that was dealt with is told from one that is open', async () => {
    const [open, closed] = [await deadLetter(null), await deadLetter('discarded')];
    const { out } = await dead('list', '--all');
    expect(out).toMatch(new RegExp(`${open} +intake +open +out_of_sequence`));
    expect(out).toMatch(new RegExp(`${closed} +intake +discarded +out_of_sequence`));
  });

  it('an order stands as soon as it is written, and whoever waits for it is told so at once', async () => {
    const letter = await deadLetter(null);
    await stage.stop('intake');
    const { code, said, out } = await dead('discard', letter, '--reason', 'handled_by_hand', '--wait', '1', '--json');
    const { orderId } = JSON.parse(out);
    expect({ code, said }).toEqual({ code: 1, said: expect.stringContaining(`Ordered as ${orderId}. It stands`) });
    const again = await dead('discard', letter, '--reason', 'handled_by_hand', '--wait', '1', '--quiet');
    expect(again).toEqual({ code: 1, out: '', said: '' });
    await stage.start('intake');
  });
});
