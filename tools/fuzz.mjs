// npm run fuzz: asks every service at random what its OpenAPI document allows, and what it does not.
import { runMain } from './run-main.mjs';

await runMain('infra', 'fuzz', 'dist', 'main.js');

// Whatever a library still holds open must not keep a stopped platform alive.
process.exit();
