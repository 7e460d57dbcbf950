import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { dutyStations } from '@waymark/contracts';
import { definitions } from '@waymark/services';
import { type Stage, startStage } from '@waymark/stage';
import { readServerLog } from '@waymark/testing';
import { type Canary, canaryOf, findings, type Haystack, readDatabases } from './canary-search.fixture.js';
import { followWal, type FollowedWal } from './wal-search.fixture.js';
import { ordinaryWords, type Played, playStory, type Words } from './whole-platform.fixture.js';

const random = (alphabet: string): string =>
  [...randomBytes(12)].map((byte) => alphabet[byte % alphabet.length]).join('');

/** Three canaries in one text: plain, Arabic, and one that looks like base64. */
const song = () => [
  `kanarie-${randomBytes(8).toString('hex')}`,
  random('ابتثجحخدذرزسشصضطظعغفقكلمنهوي'),
  randomBytes(15).toString('base64'),
];

const songs = Object.keys(ordinaryWords).map((field) => [field, song()] as const);
const words = Object.fromEntries(songs.map(([field, notes]) => [field, notes.join(' ')])) as Words;
const planted: readonly Canary[] = songs.flatMap(([field, notes]) => notes.map((note) => canaryOf(field, note)));

jest.setTimeout(180_000);

describe('what is sealed', () => {
  let stage: Stage;
  let played: Played;
  let wal: FollowedWal;
  const lines: string[] = [];
  const printed: string[] = [];
  const excludedPerson = `person-${randomBytes(8).toString('hex')}`;
  const dutyStation = 'BD-CO010';
  const key = randomUUID();

  beforeAll(async () => {
    for (const stream of [process.stdout, process.stderr])
      jest.spyOn(stream, 'write').mockImplementation((chunk) => printed.push(String(chunk)) > 0);
    stage = await startStage({ services: definitions, logLevel: 'debug', logTo: (line) => lines.push(line) });
    wal = await followWal(stage.eventStoreAdminUrl);
    played = await playStory(stage, words);
    await askBadly();
    await stage.ask('intake', 'POST', '/v1/concerns', {
      key,
      body: {
        ...{ kind: 'concern_report', identity: 'anonymous', reporterRelation: 'witness', matter: ['retaliation'] },
        ...{ language: 'en', immediateDanger: false, narrative: words.narrative, ageBand: 'under_18' },
        ...{ behaviour: ['quid_pro_quo'], allegedRelation: 'former_partner', place: { dutyStation } },
        exclusions: { people: [excludedPerson], roles: [], units: [] },
      },
    });
  });
  afterAll(async () => {
    await wal?.end();
    await stage?.close();
    jest.restoreAllMocks();
  });

  /** Requests that are refused, with canaries where nobody expects them: what goes wrong is logged most readily. */
  const askBadly = async (): Promise<void> => {
    const text = words.narrative;
    const url = `http://127.0.0.1:${stage.environmentOf('intake').PORT}/v1/concerns`;
    const json = { 'content-type': 'application/json', 'idempotency-key': randomUUID() };
    const as = 'amina.officer';
    await fetch(url, { method: 'POST', headers: json, body: `{"narrative": "${text}` });
    await fetch(url, { method: 'POST', headers: { ...json, 'content-type': 'text/plain' }, body: text });
    await stage.ask('intake', 'POST', '/v1/concerns', { body: { [text]: text, kind: text, narrative: [text] } });
    await stage.ask('intake', 'GET', `/v1/concerns?after=${encodeURIComponent(text)}`, { as });
    await stage.ask('intake', 'GET', `/v1/concerns/${encodeURIComponent(text)}`, { as });
    await stage.ask('intake', 'GET', '/v1/concerns', { token: Buffer.from(text).toString('base64url') });
    const headers = { 'x-correlation-id': 'kanarie', 'x-purpose': 'kanarie', traceparent: 'kanarie' };
    await stage.ask('intake', 'POST', `/v1/concerns/${randomUUID()}/messages`, { as, body: { text }, headers });
    await stage.ask('referral', 'POST', `/v1/referrals/${played.referralId}/sending`, { as, body: { [text]: 1 } });
  };

  const databases = (): Promise<readonly Haystack[]> => {
    const name = new URL(stage.eventStoreAdminUrl).pathname.slice(1);
    return readDatabases(stage.eventStoreAdminUrl, name.replace(/events$/, ''));
  };
  const outside = async (): Promise<readonly Haystack[]> => {
    const metrics = definitions.map(async ({ name }) => (await stage.ask(name, 'GET', '/metrics')).body);
    return [
      { place: 'log of the database server', text: await readServerLog() },
      { place: 'log lines', text: lines.join('') },
      { place: 'terminal', text: printed.join('') },
      { place: 'metrics', text: (await Promise.all(metrics)).join('\n') },
    ];
  };
  const everywhere = async () => [...(await databases()), await wal.read(), ...(await outside())];

  it('was really written, and comes back to who may read it', async () => {
    const { concernId, caseId, clientToken, reporterToken } = played;
    const read = async (service: string, path: string, options: object) =>
      JSON.stringify((await stage.ask(service, 'GET', path, options)).body);
    const texts = [
      await read('intake', `/v1/concerns/${concernId}`, { as: 'amina.officer' }),
      await read('intake', '/v1/my-concern', { token: reporterToken }),
      await read('case', `/v1/cases/${caseId}/notes`, { as: 'marek.clinician' }),
      await read('consent', '/v1/my-consents', { token: clientToken }),
    ].join('');
    const shown = [
      'narrative',
      'reporterName',
      'contactDetails',
      'method',
      'times',
      'codeWord',
      'fromReporter',
      'fromOfficer',
      'clinicalNote',
      'explained',
    ] as const;
    for (const field of shown) expect(`${field}: ${texts.includes(words[field])}`).toBe(`${field}: true`);
  });

  it('lies nowhere in the clear: no table of any database, no event, no message, no write-ahead log, no log line, no server log, no metric', async () => {
    const haystacks = await everywhere();
    const places = haystacks.map(({ place }) => place);
    expect(places).toEqual(expect.arrayContaining(['events:waymark.events', 'intake:concern_queue_v8.concern_queue']));
    expect(haystacks.find(({ place }) => place === 'events:waymark.events')?.text).toContain('$sealed');
    expect(haystacks.find(({ place }) => place === 'write-ahead log')?.text).toContain('ConcernSubmitted');
    expect(lines.join('')).toContain('is ready');
    expect(findings(planted, haystacks)).toEqual([]);
  });

  it('names whom the reporter shut out to nobody, not even in the queue that they are kept out of', async () => {
    expect(findings([canaryOf('excluded person', excludedPerson)], await everywhere())).toEqual([]);
    const marks = await stage.query<{ shut_out_marks: string[] }>(
      'intake',
      `SELECT shut_out_marks FROM concern_queue_v8.concern_queue WHERE shut_out_marks <> '{}'`,
    );
    expect(marks).toEqual([{ shut_out_marks: [expect.stringMatching(/^[0-9a-f]{64}$/)] }]);
    const known = createHash('sha256').update(excludedPerson).digest('hex');
    expect(marks[0]?.shut_out_marks).not.toContain(known);
  });

  it('tells the duty station only where the queue needs it, in a view of its own service', async () => {
    const code = canaryOf('duty station', dutyStation);
    const name = canaryOf('its name', dutyStations().get(dutyStation)?.name ?? '');
    expect(findings([code, name], await databases())).toEqual([
      'duty station in intake:concern_queue_v8.concern_queue',
    ]);
    // The write-ahead log repeats the rows of that view. It lies beside the table on the same disk and is read by no role.
    expect(findings([code], [await wal.read(), ...(await outside())])).toEqual(['duty station in write-ahead log']);
  });

  it('also covers the codes that describe the matter and the person: no event of a concern or a case tells them', async () => {
    const { events } = await stage.log.readAll({ after: 0n, limit: 10_000 });
    const told = events.filter(({ category }) => category !== 'fact').map((event) => JSON.stringify(event.data));
    expect(told.length).toBeGreaterThan(20);
    const codes = [
      'sexual_harassment',
      'retaliation',
      'quid_pro_quo',
      'former_partner',
      'under_18',
      'ombudsman_mediation',
      'witness',
    ];
    for (const code of codes) expect(told.filter((data) => data.includes(`"${code}"`))).toEqual([]);
  });

  it('is kept by keys, receipts and tokens that lie nowhere themselves', async () => {
    const secrets: Canary[] = played.receipts.map((receipt) => canaryOf('receipt', receipt));
    const tokens = [played.reporterToken, played.clientToken, await stage.token('amina.officer')];
    for (const token of tokens)
      secrets.push(canaryOf('token', token), canaryOf('signature', token.split('.')[2] ?? ''));
    secrets.push(canaryOf('Idempotency-Key', key));
    for (const { name } of definitions) {
      const { KEY_FILE, SECRET_FILE, SERVICE_CLIENT_SECRET } = stage.environmentOf(name);
      secrets.push(canaryOf(`client secret of ${name}`, String(SERVICE_CLIENT_SECRET)));
      for (const path of [String(KEY_FILE), String(SECRET_FILE)])
        for (const word of (await readFile(path, 'utf8')).match(/[A-Za-z0-9+/_-]{40,}/g) ?? [])
          secrets.push(canaryOf(`${path}`, word), canaryOf(`bytes of ${path}`, Buffer.from(word, 'base64url')));
    }
    expect(secrets.length).toBeGreaterThan(30);
    expect(findings(secrets, await everywhere())).toEqual([]);
  });

  it('would be found: one planted in the clear is, in each form and kind of place', async () => {
    const canary = canaryOf('escaped canary', `${words.narrative} flew`);
    const text = `before ${words.narrative} flew after`;
    const cages: readonly (readonly [string, unknown[]])[] = [
      ['text', [text, null, null]],
      ['list_in_json', [null, JSON.stringify({ a: [{ b: text }] }), null]],
      [
        'escaped_json',
        [
          `{"a":"${text.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)}"}`,
          null,
          null,
        ],
      ],
      ['bytes', [null, null, Buffer.from(text)]],
      ['base64', [Buffer.from(text).toString('base64'), null, null]],
      ['base64url_in_bytes', [null, null, Buffer.from(`{"a":"${Buffer.from(`xx${text}`).toString('base64url')}"}`)]],
      ['hex', [Buffer.from(text).toString('hex'), null, null]],
      ['address', [`/v1/concerns?text=${encodeURIComponent(text)}`, null, null]],
    ];
    for (const [kind, values] of cages) {
      await stage.query('case', `CREATE TABLE cage_of_${kind} (words text, doc jsonb, bytes bytea)`);
      await stage.query('case', `INSERT INTO cage_of_${kind} VALUES ($1, $2, $3)`, values);
    }
    const places = cages.map(([kind]) => `escaped canary in case:public.cage_of_${kind}`);
    expect(findings([canary], await databases()).toSorted()).toEqual(places.toSorted());
    for (const [kind] of cages) await stage.query('case', `DROP TABLE cage_of_${kind}`);
    lines.push(JSON.stringify({ level: 50, msg: text }));
    printed.push(`Error: ${Buffer.from(text).toString('base64')}`);
    await expect(stage.query('case', `SELECT '${text}' FROM an_empty_cage`)).rejects.toMatchObject({ code: '42P01' });
    const found = ['write-ahead log', 'log of the database server', 'log lines', 'terminal'].map(
      (place) => `escaped canary in ${place}`,
    );
    expect(findings([canary], await everywhere())).toEqual(found);
  });
});
