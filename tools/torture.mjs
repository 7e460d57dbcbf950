// npm run torture: writes to and reads from the log under every fault at once, and judges what came of it.
import { runMain } from './run-main.mjs';

// An orderly exit lets the run's server be shut down; killed outright, this process would leave it behind.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => process.exit(130));

await runMain('libs', 'event-store', 'dist', 'postgres', 'torture', 'main.js');
