import { chmod, chown, copyFile, lstat, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { types } from 'node:util';
import pg from 'pg';
import { startPostgres, type LocalPostgres } from '@waymark/local-postgres';
import { eventually, freePort } from '@waymark/testing';

// What belongs to the running server and not to a backup (PostgreSQL manual, "Making a Base Backup Using the Low Level API").
const leftOut = new Set(['postmaster.pid', 'postmaster.opts', 'pg_wal', 'pg_replslot', 'pg_stat_tmp', 'pg_subtrans']);

const isGone = (error: unknown): boolean => types.isNativeError(error) && 'code' in error && error.code === 'ENOENT';

/** Files that vanish while the server works are not missed: what replaced them is in the write-ahead log. */
async function copyFolder(from: string, to: string, owner: { uid: number; gid: number }): Promise<void> {
  await mkdir(to, { mode: 0o700 });
  await chown(to, owner.uid, owner.gid);
  for (const name of await readdir(from)) {
    const [source, target] = [path.join(from, name), path.join(to, name)];
    try {
      const found = await lstat(source);
      if (found.isDirectory()) {
        if (!leftOut.has(name)) await copyFolder(source, target, owner);
        else await mkdir(target, { mode: 0o700 }).then(() => chown(target, owner.uid, owner.gid));
      } else if (!leftOut.has(name)) {
        await copyFile(source, target);
        await chown(target, owner.uid, owner.gid);
      }
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }
}

export interface RecoveryTarget {
  readonly time?: string;
}

/** A server that archives its write-ahead log, backups of it, and servers restored from them. */
export async function openBackupGround() {
  const folder = await mkdtemp(path.join(tmpdir(), 'waymark-backup-'));
  // The server may run as another user, who gets from its data folder to the archive by way of this one.
  await chmod(folder, 0o755);
  const [archive, base] = [path.join(folder, 'wal'), path.join(folder, 'base')];
  const servers: LocalPostgres[] = [];
  const start = async (name: string): Promise<LocalPostgres> => {
    const dataDir = path.join(folder, name);
    const server = await startPostgres({ dataDir, port: await freePort(), superuserPassword: 'of-the-test' });
    servers.push(server);
    return server;
  };
  const within = async <Result>(server: LocalPostgres, work: (client: pg.Client) => Promise<Result>) => {
    const client = new pg.Client({ connectionString: server.url() });
    await client.connect();
    return work(client).finally(() => client.end());
  };

  let first = await start('first');
  const owner = await stat(path.join(folder, 'first'));
  await mkdir(archive);
  await chown(archive, owner.uid, owner.gid);
  await within(first, async (client) => {
    const archived = '../wal/%f';
    const command = `test ! -f ${archived} && cp %p ${archived}.unfinished && mv ${archived}.unfinished ${archived}`;
    await client.query(`alter system set archive_mode = on`);
    await client.query(`alter system set archive_command = '${command}'`);
  });
  await first.stop();
  first = await start('first');

  return {
    first,
    within,
    /** While the server goes on working. */
    backUp: () =>
      within(first, async (client) => {
        await client.query(`select pg_backup_start('waymark', fast => true)`);
        await copyFolder(path.join(folder, 'first'), base, owner);
        const { rows } = await client.query<{ labelfile: string; spcmapfile: string }>(
          'select * from pg_backup_stop()',
        );
        await writeFile(path.join(base, 'backup_label'), rows[0]?.labelfile ?? '');
        if (rows[0]?.spcmapfile) await writeFile(path.join(base, 'tablespace_map'), rows[0].spcmapfile);
      }),
    /** Begins a new segment of the write-ahead log and waits until all before it are in the archive. */
    archiveAll: () =>
      within(first, async (client) => {
        const { rows } = await client.query<{ name: string }>('select pg_walfile_name(pg_switch_wal()) as name');
        await eventually(async () => (await readdir(archive)).includes(rows[0]?.name ?? ''), { timeoutMs: 30_000 });
      }),
    /** The server and its disk are gone. */
    lose: async (): Promise<void> => {
      process.kill(first.pid, 'SIGKILL');
      await first.exited;
      await rm(path.join(folder, 'first'), { recursive: true });
    },
    /** A server made of the backup and the archive: to the end of the archive, or to a moment. */
    restore: async (name: string, { time }: RecoveryTarget = {}): Promise<LocalPostgres> => {
      const dataDir = path.join(folder, name);
      await copyFolder(base, dataDir, owner);
      const settings = [
        `restore_command = 'cp ../wal/%f %p'`,
        `archive_mode = off`,
        ...(time === undefined ? [] : [`recovery_target_time = '${time}'`, `recovery_target_action = promote`]),
      ];
      for (const [file, text] of [
        ['postgresql.auto.conf', `${settings.join('\n')}\n`],
        ['recovery.signal', ''],
      ] as const) {
        await writeFile(path.join(dataDir, file), text);
        await chown(path.join(dataDir, file), owner.uid, owner.gid);
      }
      return start(name);
    },
    close: async (): Promise<void> => {
      await Promise.all(servers.map((server) => server.stop()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export type BackupGround = Awaited<ReturnType<typeof openBackupGround>>;
