import 'reflect-metadata';
import { runMain } from '@waymark/service-kit';
import { audit } from './audit.service.js';

await runMain(audit);
