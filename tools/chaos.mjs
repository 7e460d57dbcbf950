// npm run chaos: the whole platform as processes, under load and under faults, judged by a checker of its own.
import { runMain } from './run-main.mjs';

// An orderly exit takes the servers and services of the run along; killed outright, this process would leave them behind.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => process.exit(130));

await runMain('infra', 'chaos', 'dist', 'main.js');
// Whatever a killed server left open must not keep this process.
process.exit();
