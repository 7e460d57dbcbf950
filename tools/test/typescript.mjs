// The tests run from the sources, loaded by Node itself: in the processes of jest and in the threads that sources start.
import { register } from 'node:module';

register('./typescript-hooks.mjs', import.meta.url);
