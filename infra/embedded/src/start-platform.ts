import { join } from 'node:path';
import { pino } from 'pino';
import { demoPeople, startIdentity } from '@waymark/identity';
import { startPostgres } from '@waymark/local-postgres';
import { provision, teamsToldAt, writeEnvironments, type ProvisionedEnvironment } from '@waymark/provision';
import { createLog, factsAtOnce, startService } from '@waymark/service-kit';
import { definitions } from '@waymark/services';
import { openDataFolder, postgresIn } from './data-folder.js';
import { untilReady } from './until-ready.js';
import { startPage } from './page.js';
import { demandFree, type Ports } from './ports.js';

export interface Platform {
  readonly ports: Ports;
  readonly issuer: string;
  readonly urlOf: (part: keyof Ports) => string;
  /** Resolves when every service is ready, or after a time; with what still is not, and why. */
  untilReady(): Promise<readonly string[]>;
  /** Settles when PostgreSQL has ended, whoever ended it: until `stop` nothing can be stored then. */
  readonly databaseEnded: Promise<void>;
  /** Services first, the database last. */
  stop(): Promise<void>;
}

/** Starts PostgreSQL, identity and every service in this process; all that lasts is in `dataDir`. */
export async function startPlatform({
  dataDir,
  ports,
}: {
  readonly dataDir: string;
  readonly ports: Ports;
}): Promise<Platform> {
  await demandFree(ports);
  const superuserPassword = await openDataFolder(dataDir);
  const closers: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  const destination = pino.destination({ dest: join(dataDir, 'log', 'waymark.log'), mkdir: true, sync: false });
  const urlOf = (part: keyof Ports): string => `http://127.0.0.1:${ports[part]}`;
  try {
    const log = createLog('embedded', 'info', destination);
    const postgres = await startPostgres({
      dataDir: postgresIn(dataDir),
      port: ports.postgres,
      superuserPassword,
      log: (line) => log.info({ postgres: line }),
    });
    closers.push(() => postgres.stop());
    const environments = await provision({
      adminUrl: postgres.url(),
      secretsDir: join(dataDir, 'secrets'),
      bus: 'postgres',
      alternateDesk: 'ethics_office',
    });
    // For operators: what runs in this process needs no files.
    await writeEnvironments(environments, { dir: join(dataDir, 'secrets') });
    const identity = await startIdentity({
      port: ports.identity,
      people: demoPeople,
      clients: { services: secretsOf(environments) },
      dataDir: join(dataDir, 'identity'),
      onError: (error) => log.error({ err: error }, 'identity'),
    });
    closers.push(() => identity.stop());
    const services = await Promise.all(
      definitions.map((definition) =>
        startService(definition, {
          environment: environmentOf(definition.name, environments, ports, identity.issuer, urlOf),
          log: createLog(definition.name, 'info', destination),
        }),
      ),
    );
    closers.push(() => Promise.all(services.map((service) => service.stop())));
    const page = await startPage(ports, urlOf);
    closers.push(() => page.stop());
    const { exited: databaseEnded } = postgres;
    return { ports, issuer: identity.issuer, urlOf, databaseEnded, untilReady: () => untilReady(services), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function environmentOf(
  name: string,
  environments: ReadonlyMap<string, ProvisionedEnvironment>,
  ports: Ports,
  issuer: string,
  urlOf: (part: keyof Ports) => string,
): NodeJS.ProcessEnv {
  return {
    ...environments.get(name),
    HOST: '127.0.0.1',
    PORT: String(ports[name as keyof Ports]),
    OIDC_ISSUER: issuer,
    RECEIPT_ISSUER: urlOf('intake'),
    CONSENT_URL: urlOf('consent'),
    TEAMS_TOLD_AT: teamsToldAt((service) => urlOf(service as keyof Ports)),
    // Demo people tell of nobody, and their figures are wanted at once.
    ...factsAtOnce,
  };
}

const secretsOf = (environments: ReadonlyMap<string, ProvisionedEnvironment>): Record<string, string> =>
  Object.fromEntries([...environments].map(([name, environment]) => [name, String(environment.SERVICE_CLIENT_SECRET)]));
