import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type ActionOn, decide, type Principal, type Resource, staffRefs } from '@waymark/access';
import { Aggregates, groundOf, knownCases, ShutOutMarks } from '@waymark/service-kit';
import { linkedRecords } from './linked-records.js';

/** Who works on a client's cases, and whom their reporters shut out: the local copy of what the case service tells (integration/consume.ts). */
@Injectable()
export class ClientTeams {
  constructor(
    private readonly dataSource: DataSource,
    private readonly aggregates: Aggregates,
    private readonly marks: ShutOutMarks,
  ) {}

  /** Whether there is a case of the client. */
  async know(clientId: string): Promise<boolean> {
    return (await knownCases(this.dataSource, 'client_id', [clientId])).length > 0;
  }

  /** What lets the caller do this with the client's record; for all others the client does not exist. */
  async demand(caller: Principal, action: ActionOn<'Client'>, clientId: string): Promise<string> {
    return groundOf(decide(caller, action, await this.resourceOf(clientId, caller)));
  }

  /** A client as the policies see them when this principal asks, by whichever id. One of whom no case is known has nobody who works for them. */
  async resourceOf(clientId: string, asker: Principal): Promise<Resource<'Client'>> {
    const ids = (await linkedRecords(this.aggregates, clientId)).map((each) => each.clientId);
    const cases = await knownCases(this.dataSource, 'client_id', ids);
    const team = staffRefs([...new Set(cases.flatMap((each) => each.team))]);
    return { type: 'Client', id: clientId, attributes: { team, shutOut: this.marks.shutOutOf(cases, asker) } };
  }
}
