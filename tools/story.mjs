// npm run story: plays the story over HTTP against a running platform.
import { runMain } from './run-main.mjs';

await runMain('infra', 'story', 'dist', 'main.js');
