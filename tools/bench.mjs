// npm run bench -- event-store: measures side by side with others.
import path from 'node:path';
import { prepare, root } from './prepare.mjs';

await prepare({ quiet: true });
const { main } = await import(path.join(root, 'infra', 'bench', 'dist', 'main.js'));
process.exitCode = await main(process.argv.slice(2)).catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  return 2;
});
