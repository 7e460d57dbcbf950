import 'reflect-metadata';
import { runMain } from '@waymark/service-kit';
import { referral } from './referral.service.js';

await runMain(referral);
