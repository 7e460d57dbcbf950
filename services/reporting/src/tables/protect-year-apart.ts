import { Worker } from 'node:worker_threads';
import type { YearCounts, YearFamily } from './year-family.js';

/** Beside this file, built or not. */
const worker = new URL(import.meta.url.replace(/protect-year-apart(\.[a-z]+)$/, 'protect-year.worker$1'));

/** `protectYear` in a thread of its own: seconds of computing, in which this one goes on answering. */
export function protectYearApart(counts: YearCounts): Promise<YearFamily> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(worker, { workerData: counts });
    // A computation under way keeps no process from ending.
    thread.unref();
    thread.once('message', (family: YearFamily) => resolve(family));
    thread.once('error', reject);
    thread.once('exit', (code) => reject(new Error(`the computation of a year ended with code ${code}`)));
  });
}
