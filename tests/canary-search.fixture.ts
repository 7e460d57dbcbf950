import pg from 'pg';

/** A text that must not be found, in every form in which it might lie about. */
export interface Canary {
  readonly name: string;
  readonly forms: readonly string[];
}

/** A place that was searched, and what lies there as text. */
export interface Haystack {
  readonly place: string;
  readonly text: string;
}

/** The middle of the base64 of a text, whatever stands before it: one form for each of the three alignments. */
function base64Forms(bytes: Buffer): readonly string[] {
  return [0, 1, 2].flatMap((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const middle = encoded.slice(shift === 0 ? 0 : shift + 1, -2);
    return [middle, middle.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

const escaped = (text: string): string =>
  text.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** As it is, byte for byte as Latin-1, as hex and base64, with Unicode escapes, and as in an address. */
export function canaryOf(name: string, secret: string | Buffer): Canary {
  const bytes = Buffer.isBuffer(secret) ? secret : Buffer.from(secret);
  const hex = bytes.toString('hex');
  const texts = Buffer.isBuffer(secret) ? [] : [secret, escaped(secret), encodeURIComponent(secret)];
  return {
    name,
    forms: [...new Set([...texts, bytes.toString('latin1'), hex, hex.toUpperCase(), ...base64Forms(bytes)])],
  };
}

/** A row as it was before it was quoted, and once more for what its bytes say. */
const unfolded = (row: string): string =>
  row
    .replaceAll('\\\\', '\\')
    .replace(
      /\\x((?:[0-9a-f]{2})+)/g,
      (hex, digits: string) => `${hex} ${Buffer.from(digits, 'hex').toString('utf8')}`,
    );

/** Every row of every table of the databases whose names begin with a prefix, and the log's events and metadata with them. */
export async function readDatabases(adminUrl: string, prefix: string): Promise<readonly Haystack[]> {
  const names = await rowsOf<{ name: string }>(
    adminUrl,
    `SELECT datname AS name FROM pg_database WHERE datname LIKE '${prefix.replaceAll('_', '\\_')}%'`,
  );
  const haystacks: Haystack[] = [];
  for (const { name } of names) {
    const url = new URL(adminUrl);
    url.pathname = `/${name}`;
    haystacks.push(...(await readTables(url.toString(), name.slice(prefix.length))));
  }
  return haystacks;
}

async function readTables(url: string, database: string): Promise<readonly Haystack[]> {
  const tables = await rowsOf<{ name: string }>(
    url,
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
     WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
  );
  return Promise.all(
    tables.map(async ({ name }) => {
      const rows = await rowsOf<{ row: string }>(url, `SELECT t::text AS row FROM ${name} AS t`);
      return { place: `${database}:${name}`, text: rows.map(({ row }) => unfolded(row)).join('\n') };
    }),
  );
}

async function rowsOf<Row extends object>(url: string, sql: string): Promise<readonly Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Every find as `canary in place`. */
export const findings = (canaries: readonly Canary[], haystacks: readonly Haystack[]): readonly string[] =>
  haystacks.flatMap(({ place, text }) =>
    canaries.filter(({ forms }) => forms.some((form) => text.includes(form))).map(({ name }) => `${name} in ${place}`),
  );
