import { parentPort, workerData } from 'node:worker_threads';
import { protectYear, type YearCounts } from './year-family.js';

const counts: YearCounts = workerData;
parentPort?.postMessage(await protectYear(counts));
