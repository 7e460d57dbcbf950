import 'reflect-metadata';
import { runMain } from '@waymark/service-kit';
import { consent } from './consent.service.js';

await runMain(consent);
