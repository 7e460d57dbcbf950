import { factsAtOnce } from '@waymark/service-kit';

/** Of all services of a stage, unless the test says otherwise. */
export const stageSettings = {
  ...factsAtOnce,
  // Tests ask as no person does.
  RATE_LIMIT_PRINCIPAL: '1000000',
  RATE_LIMIT_ADDRESS: '1000000',
} as const;
