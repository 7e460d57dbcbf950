import { ApiProperty } from '@nestjs/swagger';
import type { EventStore } from '@waymark/event-store';

/** Something that was read under an emergency access, as the access log has it. */
export class EmergencyRead {
  @ApiProperty({ format: 'uuid', description: 'Of the event in the access log' }) eventId: string;
  @ApiProperty({ format: 'date-time' }) readAt: string;
  @ApiProperty({ example: 'ListNotes' }) what: string;
}

/** A service's own record of who read what, in the log itself. */
export class AccessRecords {
  constructor(
    private readonly service: string,
    private readonly store: Pick<EventStore, 'readStream'>,
  ) {}

  /** What was read of the thing with this id under an emergency access, the first at first. */
  async under(grantId: string, id: string): Promise<EmergencyRead[]> {
    const reads: EmergencyRead[] = [];
    for await (const { id: eventId, data, metadata } of this.store.readStream(`${this.service}_access-${id}`))
      if ('ground' in data && data.ground === `break_glass:${grantId}` && 'what' in data)
        reads.push({ eventId, readAt: metadata.occurredAt, what: String(data.what) });
    return reads;
  }
}
