import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { LinkOutcome, LinkPart } from '@waymark/contracts';
import { Aggregates, type Call } from '@waymark/service-kit';
import { concernAggregate } from '../concern.aggregate.js';

/** Asks once more for what has not come back about a link, or for the first time. Answers whether there is anything to wait for. */
export class RequestClientLink extends Command<boolean> {
  constructor(
    readonly concernId: string,
    readonly linkId: string,
    readonly of: LinkPart,
    readonly call: Call,
  ) {
    super();
  }
}

/** What consent has said to a link. */
export class SettleClientLink extends Command<void> {
  constructor(
    readonly concernId: string,
    readonly linkId: string,
    readonly outcome: LinkOutcome,
    readonly call: Call,
  ) {
    super();
  }
}

@CommandHandler(RequestClientLink)
export class RequestClientLinkHandler implements ICommandHandler<RequestClientLink> {
  constructor(private readonly aggregates: Aggregates) {}

  async execute({ concernId, linkId, of, call }: RequestClientLink): Promise<boolean> {
    const command = { type: 'RequestClientLink', linkId, of } as const;
    const { events } = await this.aggregates.change(concernAggregate, concernId, command, call);
    return events.length > 0;
  }
}

@CommandHandler(SettleClientLink)
export class SettleClientLinkHandler implements ICommandHandler<SettleClientLink> {
  constructor(private readonly aggregates: Aggregates) {}

  async execute({ concernId, linkId, outcome, call }: SettleClientLink): Promise<void> {
    await this.aggregates.change(concernAggregate, concernId, { type: 'SettleClientLink', linkId, outcome }, call);
  }
}
