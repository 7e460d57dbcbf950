import { type HelplineContact, published2021Q1, readHelplineContacts } from '@waymark/demo';
import { demand, demandStatus, type Step, until, type World } from '../world.js';

interface Cell {
  readonly shown: boolean;
  readonly contacts?: number;
}

interface Row {
  readonly place: string;
  readonly level: string;
  readonly total: Cell;
  readonly codes: Readonly<Record<string, Cell>>;
}

const lanes = 12;
const months = ['2021-01', '2021-02', '2021-03'];

/** Of every so many-th contact; all of them have to come out as they were published. */
export const readTables = (every: number): Step => ({
  title: `The analyst reads a month’s and a quarter’s table of ${Math.ceil(published2021Q1.contacts / every).toLocaleString('en')} real contacts; small cells stay hidden and cannot be computed`,
  play: async (world) => {
    const contacts = (await readHelplineContacts()).filter((_contact, index) => index % every === 0);
    const registered = await registerAll(world, contacts);
    // Of the report that is read next, what is hidden once stays hidden; so it is not read before all are there.
    await until('the contacts arrive', 240, async () =>
      (await contactsIn(world)) === contacts.length ? true : undefined,
    );
    const quarter = await until('the facts arrive', 240, async () => {
      const rows = await tableOf(world, '2021-Q1', 'behaviour');
      const all = rows?.find(({ place }) => place === 'all');
      return rows && all?.total.contacts === contacts.length ? rows : undefined;
    });
    checkFigures(quarter, every === 1 ? published2021Q1 : countedFrom(contacts));
    const tables = new Map<string, readonly Row[]>([['2021-Q1', quarter]]);
    for (const month of months) {
      const rows = await tableOf(world, month, 'behaviour');
      demand(rows !== undefined, `there is no table of ${month}`);
      tables.set(month, rows);
    }
    const hidden = checkSuppression(tables);
    return `${registered} contacts registered now, ${hidden} cells hidden in the quarter`;
  },
});

/** Of contacts that are all there already every so many-th is registered once more. */
const askedAgain = 20;

/** Registers the contacts by the ordinary command; those of an earlier run answer as they did then, and add nothing. */
async function registerAll(world: World, all: readonly HelplineContact[]): Promise<number> {
  const { http } = world;
  const before = await contactsIn(world);
  const complete = before === all.length;
  const contacts = complete ? all.filter((_contact, index) => index % askedAgain === 0) : all;
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let contact = contacts[next++]; contact; contact = contacts[next++]) {
      const answer = await http.post('intake', '/v1/contacts', {
        as: 'lucia.officer',
        body: contact.body,
        key: contact.key,
      });
      demandStatus(answer, 201, 'registering a contact of 2021');
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return before === undefined ? contacts.length : 0;
}

/** How many contacts of the quarter are known, by the report on first responses. */
async function contactsIn({ http }: World): Promise<number | undefined> {
  const answer = await http.get('reporting', '/v1/reports/first-response?period=2021-Q1', { as: 'priya.analyst' });
  const rows: readonly { channel: string; contacts: { count?: number } }[] =
    answer.status === 200 ? answer.body.rows : [];
  return rows.find(({ channel }) => channel === 'all')?.contacts.count;
}

async function tableOf({ http }: World, period: string, typology: string): Promise<readonly Row[] | undefined> {
  const answer = await http.get('reporting', `/v1/reports/typology-geography?period=${period}&typology=${typology}`, {
    as: 'priya.analyst',
  });
  return answer.status === 200 ? answer.body.rows : undefined;
}

interface Figures {
  readonly contacts: number;
  readonly byProvince: Readonly<Record<string, number>>;
  readonly percentByBehaviour: Readonly<Record<string, number>>;
}

/** Counted from the contacts themselves; of provinces and behaviours, those that are too many to be hidden for anything. */
function countedFrom(contacts: readonly HelplineContact[]): Figures {
  const count = (holds: (body: HelplineContact['body']) => boolean): number =>
    contacts.filter(({ body }) => holds(body)).length;
  const { byProvince, percentByBehaviour } = published2021Q1;
  const provinces = Object.keys(byProvince).map(
    (code) => [code, count(({ place }) => place.subdivision === code)] as const,
  );
  const percentOf = (code: string) =>
    Math.round((100 * count((body) => body.behaviour.includes(code))) / contacts.length);
  return {
    contacts: contacts.length,
    byProvince: Object.fromEntries(provinces.filter(([, total]) => total >= 50)),
    percentByBehaviour: Object.fromEntries(Object.keys(percentByBehaviour).map((code) => [code, percentOf(code)])),
  };
}

function checkFigures(rows: readonly Row[], { contacts, byProvince, percentByBehaviour }: Figures): void {
  for (const [province, expected] of Object.entries(byProvince)) {
    const total = rows.find(({ place }) => place === province)?.total;
    demand(
      total?.shown === true && total.contacts === expected,
      `${province} is ${JSON.stringify(total)}, expected ${expected}`,
    );
  }
  const all = rows.find(({ place }) => place === 'all');
  for (const [behaviour, percent] of Object.entries(percentByBehaviour)) {
    const cell = all?.codes[behaviour];
    const share = Math.round((100 * (cell?.contacts ?? 0)) / contacts);
    demand(share === percent, `${behaviour} is ${share} per cent, expected ${percent}`);
  }
}

/** No shown cell is small, and no hidden one is what a shown total leaves over. Answers how many the quarter hides. */
function checkSuppression(tables: ReadonlyMap<string, readonly Row[]>): number {
  for (const [period, rows] of tables)
    for (const { place, total, codes } of rows)
      for (const cell of [total, ...Object.values(codes)])
        demand(!cell.shown || (cell.contacts ?? 0) >= 5, `${period} ${place} shows a cell under 5`);
  const quarter = tables.get('2021-Q1') ?? [];
  const cellOf = (period: string, place: string, code: string): Cell | undefined => {
    const row = tables.get(period)?.find((each) => each.place === place);
    return code === 'total' ? row?.total : row?.codes[code];
  };
  const codes = ['total', ...Object.keys(quarter[0]?.codes ?? {})];
  for (const { place } of quarter)
    for (const code of codes) {
      const parts = months.map((month) => cellOf(month, place, code));
      const lost = parts.filter((cell) => !cell?.shown).length;
      demand(lost !== 1 || !cellOf('2021-Q1', place, code)?.shown, `${place} ${code}: the quarter gives a month away`);
    }
  return quarter.flatMap(({ total, codes: cells }) => [total, ...Object.values(cells)]).filter(({ shown }) => !shown)
    .length;
}
