// npm start: installs and builds what is missing, then runs the whole platform in this process.
import path from 'node:path';
import { prepare, root } from './prepare.mjs';

try {
  await prepare();
  const { main } = await import(path.join(root, 'infra', 'embedded', 'dist', 'main.js'));
  process.exitCode = await main(process.argv.slice(2), root);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
// Whatever a library still holds open must not keep a stopped platform alive.
process.exit();
