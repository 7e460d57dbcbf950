// npm run waymark -- events verify ...: the command line for operators.
import path from 'node:path';
import { prepare, root } from './prepare.mjs';

await prepare({ quiet: true });
await import(path.join(root, 'infra', 'cli', 'dist', 'main.js'));
