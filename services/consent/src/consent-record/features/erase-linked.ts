import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Aggregates, type Call } from '@waymark/service-kit';
import { consentRecordAggregate } from '../consent-record.aggregate.js';
import { isErased } from '../domain/erasure.state.js';
import { callAbout, linkedRecords } from '../linked-records.js';

/** Who is erased is erased by every id they have. */
export class EraseLinked extends Command<void> {
  constructor(
    readonly clientId: string,
    readonly call: Call,
  ) {
    super();
  }
}

@CommandHandler(EraseLinked)
export class EraseLinkedHandler implements ICommandHandler<EraseLinked> {
  constructor(private readonly aggregates: Aggregates) {}

  async execute({ clientId, call }: EraseLinked): Promise<void> {
    const [{ record }, ...others] = await linkedRecords(this.aggregates, clientId);
    const { erasure } = record;
    if (!erasure?.approval) return;
    const { ground, way, requestedBy, approval } = erasure;
    const asOther = { ground, ...(way === undefined ? {} : { way }), requestedBy, approvedBy: approval.by };
    for (const other of others.filter((each) => !isErased(each.record)))
      await this.aggregates.change(
        consentRecordAggregate,
        other.clientId,
        { type: 'EraseAlong', clientId: other.clientId, with: asOther },
        callAbout(other, call),
      );
  }
}
