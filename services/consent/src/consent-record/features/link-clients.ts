import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { LinkOutcome } from '@waymark/contracts';
import { DomainRejection } from '@waymark/event-sourcing';
import { Aggregates, type Call } from '@waymark/service-kit';
import { consentRecordAggregate } from '../consent-record.aggregate.js';
import { settleDecisions } from '../decided-by-another-id.js';
import { refusesLinks } from '../domain/erasure.state.js';
import { EraseLinked } from './erase-linked.js';

/** A concern's client is one who came before: both ids are kept for one person. Answers intake, whenever it asks. */
export class LinkClients extends Command<void> {
  constructor(
    readonly link: {
      readonly clientId: string;
      readonly earlierClientId: string;
      readonly concernId: string;
      readonly linkId: string;
    },
    readonly call: Call,
  ) {
    super();
  }
}

@CommandHandler(LinkClients)
export class LinkClientsHandler implements ICommandHandler<LinkClients> {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly commands: CommandBus,
  ) {}

  /**
   * First in the earlier client's stream, which may refuse, then in the other's, with the answer. Whoever dies in between is taken up
   * again by the message; what stands in either stream already is not gone back on. Where one of the two was erased in between, so is the other.
   */
  async execute({ link: { clientId, earlierClientId, concernId, linkId }, call }: LinkClients): Promise<void> {
    const own = { clientId, linkedClientId: earlierClientId, concernId, linkId };
    const earlier = { clientId: earlierClientId, linkedClientId: clientId, concernId, linkId };
    const outcome = await this.tryLink(earlier, call);
    await this.aggregates.change(consentRecordAggregate, clientId, { type: 'AnswerLink', link: own, outcome }, call);
    if (outcome !== 'linked') return;
    for (const id of [clientId, earlierClientId]) await this.commands.execute(new EraseLinked(id, call));
    await settleDecisions(this.aggregates, clientId, call);
  }

  private async tryLink(
    link: { clientId: string; linkedClientId: string; concernId: string; linkId: string },
    call: Call,
  ): Promise<LinkOutcome> {
    const [earlier, own] = await Promise.all(
      [link.clientId, link.linkedClientId].map((id) => this.aggregates.load(consentRecordAggregate, id)),
    );
    if (earlier?.state.linked.includes(link.linkedClientId)) return 'linked';
    if (own && refusesLinks(own.state)) return 'refused';
    try {
      await this.aggregates.change(consentRecordAggregate, link.clientId, { type: 'LinkClient', link }, call);
      return 'linked';
    } catch (error) {
      if (error instanceof DomainRejection && error.code === 'erasure_under_way') return 'refused';
      throw error;
    }
  }
}
