import path from 'node:path';
import { prepare, root } from './prepare.mjs';

/** Builds what has changed and calls `main` of a built file with this process's arguments; what it answers is the exit code. */
export async function runMain(...file) {
  try {
    await prepare({ quiet: true });
    const { main } = await import(path.join(root, ...file));
    process.exitCode = await main(process.argv.slice(2));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 2;
  }
}
