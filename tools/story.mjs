// npm run story: plays the story over HTTP against a running platform.
import path from 'node:path';
import { prepare, root } from './prepare.mjs';

await prepare({ quiet: true });
const { main } = await import(path.join(root, 'infra', 'story', 'dist', 'main.js'));
process.exitCode = await main(process.argv.slice(2)).catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  return 2;
});
