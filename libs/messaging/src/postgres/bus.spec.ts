import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, createTestRole } from '@waymark/testing';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import pg from 'pg';
import { describeBusContract, type BusMember } from '../contract-suite.js';
import type { Log } from '../log.js';
import type { Message } from '../port.js';
import { openPostgresBus } from './bus.js';
import { grantBus, migrateBus } from './migrate.js';

const log: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** A member whose every connection runs through here and can be cut for good. */
async function openThroughCut(databaseUrl: string): Promise<BusMember> {
  const url = new URL(databaseUrl);
  const [host, port] = [url.hostname, Number(url.port)];
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(port, host);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address() as AddressInfo;
  url.hostname = '127.0.0.1';
  url.port = String(address.port);
  const bus = openPostgresBus({ url: url.toString(), log });
  const cut = async (): Promise<void> => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return {
    bus: {
      ...bus,
      close: async () => {
        await bus.close();
        await cut();
      },
    },
    die: cut,
  };
}

describeBusContract('PostgreSQL', async () => {
  const database = await createTestDatabase('bus');
  await migrateBus({ adminUrl: database.url });
  await migrateBus({ adminUrl: database.url });
  const raw = new pg.Pool({ connectionString: database.url, max: 1 });
  return {
    open: () => openThroughCut(database.url),
    publishRaw: async (topic, subject, value) => {
      await raw.query('select bus.publish($1, $2, $3)', [topic, [subject], [value]]);
    },
    dispose: async () => {
      await raw.end();
      await database.drop();
    },
  };
});

describe('the roles of the PostgreSQL bus', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let role: Awaited<ReturnType<typeof createTestRole>>;
  const message = (subject: string): Message => ({
    specversion: '1.0',
    id: `id-${subject}`,
    source: '/waymark/test',
    type: 'test.something-happened.v1',
    subject,
    time: '2026-03-02T08:00:00.000Z',
    datacontenttype: 'application/json',
    sequence: 1,
    correlationid: 'correlation',
    causationid: 'causation',
    data: {},
  });

  beforeAll(async () => {
    database = await createTestDatabase('bus_roles');
    role = await createTestRole(database);
    await migrateBus({ adminUrl: database.url });
    await grantBus({ adminUrl: database.url, role: role.name, publish: ['waymark.mine'], consume: ['waymark.theirs'] });
  });
  afterAll(async () => {
    await role.drop();
    await database.drop();
  });

  it('publish and consume the topics granted and no others', async () => {
    const bus = openPostgresBus({ url: role.url, log });
    const owner = openPostgresBus({ url: database.url, log });
    try {
      await bus.ensureTopics(['waymark.mine', 'waymark.theirs']);
      await bus.publish('waymark.mine', [message('a')]);
      await expect(bus.publish('waymark.theirs', [message('a')])).rejects.toThrow('may not publish');
      await expect(bus.ensureTopics(['waymark.other'])).rejects.toThrow('may not create');
      await owner.publish('waymark.theirs', [message('b')]);
      const received = new Promise<Message>((resolve) => {
        bus.subscribe({
          group: 'g',
          topics: ['waymark.mine', 'waymark.theirs'],
          handle: async (one) => resolve(one),
          unreadable: async () => undefined,
        });
      });
      expect((await received).subject).toBe('b');
    } finally {
      await bus.close();
      await owner.close();
    }
  });

  it('touch no table', async () => {
    const client = new pg.Client({ connectionString: role.url });
    await client.connect();
    try {
      for (const table of ['topics', 'partitions', 'messages', 'group_offsets', 'access']) {
        await expect(client.query(`select * from bus.${table}`)).rejects.toThrow('permission denied');
      }
    } finally {
      await client.end();
    }
  });
});

describe('the order of the PostgreSQL bus', () => {
  it('has no holes and follows the order of commits under publishers at the same time', async () => {
    const database = await createTestDatabase('bus_order');
    await migrateBus({ adminUrl: database.url });
    const pool = new pg.Pool({ connectionString: database.url, max: 8 });
    try {
      await pool.query(`select bus.ensure_topics('{t}')`);
      const publish = async (client: pg.PoolClient, subject: string, ending: 'commit' | 'rollback'): Promise<void> => {
        await client.query('begin');
        await client.query(`select bus.publish('t', $1, $2)`, [
          [subject, 'b', subject],
          [Buffer.of(1), Buffer.of(2), Buffer.of(3)],
        ]);
        await client.query(ending);
      };
      await Promise.all(
        Array.from({ length: 8 }, async (_, writer) => {
          const client = await pool.connect();
          for (let round = 0; round < 20; round++) {
            await publish(client, `s${(writer + round) % 5}`, round % 4 === 3 ? 'rollback' : 'commit');
          }
          client.release();
        }),
      );
      const { rows } = await pool.query<{ messages: string; holes: boolean }>(
        `select count(*) as messages, count(*) <> max("offset") + 1 or max("offset") + 1 <> max(p.next_offset) as holes
         from bus.messages m join bus.partitions p using (topic, partition) group by topic, partition`,
      );
      expect(rows.some((row) => row.holes)).toBe(false);
      expect(rows.reduce((sum, row) => sum + Number(row.messages), 0)).toBe(8 * 15 * 3);
    } finally {
      await pool.end();
      await database.drop();
    }
  });
});
