// Lets the threads that sources start under jest run sources as well: jest looks after its own modules only.
import { register } from 'node:module';
import { isMainThread } from 'node:worker_threads';

if (!isMainThread) register('./typescript-hooks.mjs', import.meta.url);
