// npm run torture: writes to and reads from the log under every fault at once, and judges what came of it.
import path from 'node:path';
import { prepare, root } from './prepare.mjs';

// An orderly exit lets the run's server be shut down; killed outright, this process would leave it behind.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => process.exit(130));

try {
  await prepare({ quiet: true });
  const { main } = await import(path.join(root, 'libs', 'event-store', 'dist', 'postgres', 'torture', 'main.js'));
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
