import type { CommandBus, QueryBus } from '@nestjs/cqrs';
import type { DataSource } from 'typeorm';
import type { Clock } from './clock.js';

/** The only doors into a service for what is no HTTP request: consumers, clocks, the command line. */
export interface Doors {
  readonly commands: CommandBus;
  readonly queries: QueryBus;
  readonly dataSource: DataSource;
  readonly clock: Clock;
}
