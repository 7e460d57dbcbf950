import 'reflect-metadata';
import { runMain } from '@waymark/service-kit';
import { engagement } from './engagement.service.js';

await runMain(engagement);
