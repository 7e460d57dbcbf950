import { Worker } from 'node:worker_threads';
import type { ProtectedCells, TablePlan } from './table-plan.js';

/** Beside this file, built or not. */
const worker = new URL(import.meta.url.replace(/protect-apart(\.[a-z]+)$/, 'protect.worker$1'));

/** `protectTables` in a thread of its own: seconds of computing, in which this one goes on answering. */
export function protectApart(plan: TablePlan): Promise<ProtectedCells> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(worker, { workerData: plan });
    // A computation under way keeps no process from ending.
    thread.unref();
    thread.once('message', (cells: ProtectedCells) => resolve(cells));
    thread.once('error', reject);
    thread.once('exit', (code) => reject(new Error(`the protection of tables ended with code ${code}`)));
  });
}
