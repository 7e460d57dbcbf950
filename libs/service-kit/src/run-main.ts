import { ConfigError } from './config.js';
import type { ServiceDefinition } from './service-definition.js';
import { type RunningService, startService } from './start-service.js';

/** The entry of a service as a process of its own: configured by environment only, drained by SIGTERM. */
export async function runMain<Own extends object>(definition: ServiceDefinition<Own>): Promise<void> {
  let service: RunningService | undefined;
  // From the beginning: as the first process of a container nobody else would obey the signal during the start.
  const end = (): void => {
    setTimeout(() => process.exit(1), 20_000).unref();
    void (service?.stop() ?? Promise.resolve()).finally(() => process.exit(0));
  };
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
  try {
    service = await startService(definition);
  } catch (error) {
    process.stderr.write(
      `${error instanceof ConfigError ? error.message : String(error instanceof Error ? error.stack : error)}\n`,
    );
    process.exit(1);
  }
}
