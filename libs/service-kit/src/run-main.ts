import { ConfigError } from './config.js';
import type { ServiceDefinition } from './service-definition.js';
import { startService } from './start-service.js';

/** The entry of a service as a process of its own: configured by environment only, drained by SIGTERM. */
export async function runMain<Own extends object>(definition: ServiceDefinition<Own>): Promise<void> {
  try {
    const service = await startService(definition);
    const end = (): void => {
      void service.stop().finally(() => process.exit(0));
      setTimeout(() => process.exit(1), 20_000).unref();
    };
    process.once('SIGTERM', end);
    process.once('SIGINT', end);
  } catch (error) {
    process.stderr.write(
      `${error instanceof ConfigError ? error.message : String(error instanceof Error ? error.stack : error)}\n`,
    );
    process.exit(1);
  }
}
