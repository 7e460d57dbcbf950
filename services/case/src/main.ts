import 'reflect-metadata';
import { runMain } from '@waymark/service-kit';
import { caseService } from './case.service.js';

await runMain(caseService);
