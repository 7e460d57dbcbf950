import 'reflect-metadata';
import { runMain } from '@waymark/service-kit';
import { intake } from './intake.service.js';

await runMain(intake);
