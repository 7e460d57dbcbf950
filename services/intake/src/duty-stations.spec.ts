import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dutyStationPattern, dutyStations } from '@waymark/contracts';
import { concernBody, readVignettes } from '@waymark/demo';
import { type Stage, startStage } from '@waymark/stage';
import { callAt, concern, deskOf } from './intake.fixture.js';
import { intake } from './intake.service.js';

interface Station {
  readonly code: string;
  readonly name: string;
  readonly country: string;
}

describe('the duty station', () => {
  let stage: Stage;
  let desk: ReturnType<typeof deskOf>;
  beforeAll(async () => {
    stage = await startStage({ services: [intake], logLevel: 'error' });
    desk = deskOf(stage);
  });
  afterAll(() => stage?.close());

  const list = (query = '') => stage.ask('intake', 'GET', `/v1/duty-stations${query}`);
  const allPages = async (query: string): Promise<readonly Station[]> => {
    const stations: Station[] = [];
    let after = '';
    do {
      const { body } = await list(`?${query}${after}`);
      stations.push(...body.items);
      after = body.next === undefined ? '' : `&after=${body.next}`;
    } while (after !== '');
    return stations;
  };
  const submit = (place: object) => stage.ask('intake', 'POST', '/v1/concerns', { body: { ...concern, place } });
  const told = async (concernId: string) => {
    await desk.step(concernId, 'allocation', 'amina.officer');
    return (await stage.ask('intake', 'GET', `/v1/concerns/${concernId}`, { as: 'amina.officer' })).body.account.place;
  };

  it('is one of 4,189 in 218 countries and territories, each under a code of its own', () => {
    const all = [...dutyStations().values()];
    expect(all).toHaveLength(4189);
    expect(new Set(all.map(({ country }) => country)).size).toBe(218);
    expect(all.filter(({ code, name }) => !dutyStationPattern.test(code) || name.trim() !== name || !name)).toEqual([]);
    expect(dutyStations().get('KE-NA100')).toEqual({ code: 'KE-NA100', name: 'Nairobi', country: 'KE' });
  });

  it('is shown to whoever has taken the concern by code and name, and so it is in the queue', async () => {
    const place = { country: 'KE', dutyStation: 'KE-NA100' };
    const { concernId } = await desk.submit({ place });
    const shown = { ...place, dutyStationName: 'Nairobi' };
    const { body } = await stage.ask('intake', 'GET', '/v1/concerns', { as: 'amina.officer' });
    expect(body.items).toContainEqual(expect.objectContaining({ concernId, ...shown }));
    expect(await told(concernId)).toEqual(shown);
  });

  it('tells the country, if that is not named, and is told by none', async () => {
    const { concernId } = await desk.submit({ place: { dutyStation: 'LB-BE010', online: true } });
    expect(await told(concernId)).toEqual({
      country: 'LB',
      dutyStation: 'LB-BE010',
      dutyStationName: 'Beirut',
      online: true,
    });
    const { concernId: elsewhere } = await desk.submit({ place: { country: 'LB' } });
    expect(await told(elsewhere)).toEqual({ country: 'LB' });
  });

  it('and a subdivision lie in one country, which a subdivision tells as well', async () => {
    const { concernId } = await desk.submit({ place: { subdivision: 'AR-B' } });
    expect(await told(concernId)).toEqual({ country: 'AR', subdivision: 'AR-B' });
    for (const place of [{ country: 'KE' }, { dutyStation: 'KE-NA100' }, { country: 'KE', dutyStation: 'KE-NA100' }])
      expect(await submit({ ...place, subdivision: 'AR-B' })).toMatchObject({
        status: 422,
        body: { errors: [{ field: 'place.subdivision', rule: 'inCountry' }] },
      });
    expect(await submit({ dutyStation: 5, subdivision: 'AR-B' })).toMatchObject({ status: 422 });
  });

  it.each([
    ['a name', { dutyStation: 'Nairobi' }, 'dutyStation'],
    ['a code that is in no list', { country: 'KE', dutyStation: 'KE-ZZ999' }, 'dutyStation'],
    ['the code without its country', { dutyStation: 'NA100' }, 'matches'],
    ['a code in small letters', { dutyStation: 'ke-na100' }, 'matches'],
    ['a place in another country', { country: 'UG', dutyStation: 'KE-NA100' }, 'inCountry'],
    ['nothing', { country: 'KE', dutyStation: '' }, 'dutyStation'],
    ['null', { country: 'KE', dutyStation: null }, 'dutyStation'],
  ])('is refused when it is %s, with field and rule', async (_what, place, rule) => {
    const refusal = {
      status: 422,
      body: {
        code: 'invalid_input',
        errors: expect.arrayContaining([expect.objectContaining({ field: 'place.dutyStation', rule })]),
      },
    };
    expect(await submit(place)).toMatchObject(refusal);
    const body = callAt(stage.clock.now(), { place });
    expect(await stage.ask('intake', 'POST', '/v1/contacts', { as: 'amina.officer', body })).toMatchObject(refusal);
  });

  it('is listed to anybody, in pages that give each once', async () => {
    const all = await allPages('limit=100');
    expect(all).toEqual([...dutyStations().values()]);
    expect((await list()).body.items).toHaveLength(50);
  });

  it('is found by country and by part of its name, whatever capitals and accents', async () => {
    const kenya = await allPages('country=KE&limit=7');
    expect(kenya.length).toBeGreaterThan(7);
    expect(new Set(kenya.map(({ country }) => country))).toEqual(new Set(['KE']));
    const names = async (query: string) => (await list(query)).body.items.map(({ name }: Station) => name);
    expect(await names('?country=KE&name=nairo')).toEqual(['Nairobi']);
    expect(await names(`?name=${encodeURIComponent('foz do iguacu')}`)).toEqual(['Foz Do Iguaçu']);
    expect(await names(`?name=${encodeURIComponent('FOZ DO IGUAÇU')}`)).toEqual(['Foz Do Iguaçu']);
    expect(await list('?country=ZZ')).toMatchObject({ status: 200, body: { items: [] } });
  });

  it.each(['limit=0', 'limit=101', 'country=ke', 'after=KE-ZZ999', 'after=1', 'unknown=1', 'name='])(
    'names what is wrong with ?%s',
    async (query) => {
      const field = query.split('=')[0];
      expect(await list(`?${query}`)).toMatchObject({
        status: 422,
        body: { code: 'invalid_input', errors: expect.arrayContaining([expect.objectContaining({ field })]) },
      });
    },
  );

  it('is in the list for every demo concern, and lies in its country', async () => {
    for (const vignette of await readVignettes()) {
      const { place } = concernBody(vignette);
      expect({ id: vignette.id, ...(await submit(place)) }).toMatchObject({ id: vignette.id, status: 201 });
    }
  });
});
