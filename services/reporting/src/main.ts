import 'reflect-metadata';
import { runMain } from '@waymark/service-kit';
import { reporting } from './reporting.service.js';

await runMain(reporting);
