// npm run bench -- event-store: measures side by side with others.
import { runMain } from './run-main.mjs';

await runMain('infra', 'bench', 'dist', 'main.js');
