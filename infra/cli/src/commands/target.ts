import type { ServiceDefinition } from '@waymark/service-kit';

/** A service, and the environment with which its views are opened. */
export interface Target {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- services with settings of their own
  readonly definition: ServiceDefinition<any>;
  readonly environment: NodeJS.ProcessEnv;
}
