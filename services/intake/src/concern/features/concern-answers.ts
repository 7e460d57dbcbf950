import { ApiProperty } from '@nestjs/swagger';
import { concernStatuses, type ConcernStatus } from '@waymark/contracts';
import type { Written } from '@waymark/service-kit';
import type { ConcernEvent } from '../domain/concern.events.js';
import type { ConcernState } from '../domain/concern.state.js';

/** What a command on a concern answers. */
export class ConcernChanged {
  @ApiProperty({ format: 'uuid' }) concernId: string;
  @ApiProperty({ enum: concernStatuses }) status: ConcernStatus;
  @ApiProperty({ type: [String], description: 'What this command added to the log.' }) events: string[];

  static of({ id, state, events }: Written<ConcernState, ConcernEvent>): ConcernChanged {
    const status = state.status === 'none' ? 'submitted' : state.status;
    return { concernId: id, status, events: events.map(({ type }) => type) };
  }
}
