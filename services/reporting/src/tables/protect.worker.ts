import { parentPort, workerData } from 'node:worker_threads';
import { protectTables, type TablePlan } from './table-plan.js';

const plan: TablePlan = workerData;
parentPort?.postMessage(await protectTables(plan));
