import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiProperty } from '@nestjs/swagger';
import { overrideStatuses, type OverrideStatus } from '@waymark/contracts';
import { Aggregates, type Call, Clock, type Done, done } from '@waymark/service-kit';
import { consentRecordAggregate } from '../consent-record.aggregate.js';
import type { OverrideCommand } from '../domain/override.commands.js';
import { overrideOf, overrideStatusOf } from '../domain/override.state.js';

export class ChangedOverride {
  @ApiProperty({ format: 'uuid' }) overrideId: string;
  @ApiProperty({ enum: overrideStatuses }) status: OverrideStatus;
  @ApiProperty({
    required: false,
    format: 'date-time',
    description: 'Of one that was approved: when the client has to have been told',
  })
  informBy?: string;
  @ApiProperty({ required: false, format: 'date-time', description: 'When the client was told' }) informedAt?: string;
}

/** What becomes of an override that was requested. */
export class ChangeOverride extends Command<Done<ChangedOverride>> {
  constructor(
    readonly clientId: string,
    readonly change: Exclude<OverrideCommand, { type: 'RequestOverride' | 'EndOverrides' | 'ExpireOverride' }>,
    readonly call: Call,
  ) {
    super();
  }
}

@CommandHandler(ChangeOverride)
export class ChangeOverrideHandler implements ICommandHandler<ChangeOverride> {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly clock: Clock,
  ) {}

  async execute({ clientId, change, call }: ChangeOverride) {
    const written = await this.aggregates.change(consentRecordAggregate, clientId, change, call);
    const { overrideId } = change;
    const override = overrideOf(written.state, overrideId);
    if (!override) throw new Error(`override ${overrideId} was changed and is not there`);
    const { informBy, informed } = override;
    return done(written, {
      overrideId,
      status: overrideStatusOf(override, this.clock.now()),
      ...(informBy === undefined ? {} : { informBy }),
      ...(informed ? { informedAt: informed.at } : {}),
    });
  }
}
