import { configFrom } from './config.js';
import { demoPeople } from './demo-people.js';
import { startIdentity } from './start-identity.js';

const log = (level: 'info' | 'error', message: string): void => {
  process.stdout.write(`${JSON.stringify({ level, time: new Date().toISOString(), service: 'identity', message })}\n`);
};

try {
  const identity = await startIdentity({
    ...configFrom(process.env),
    people: demoPeople,
    onError: (error) => log('error', error.stack ?? error.message),
  });
  log('info', `demo identities at ${identity.issuer}: their password is public, never use them for real work`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void identity.stop());
} catch (error) {
  log('error', error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
