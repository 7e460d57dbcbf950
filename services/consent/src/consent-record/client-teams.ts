import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type ActionOn, decide, type Principal, type Resource, staffRefs } from '@waymark/access';
import { Aggregates, groundOf, type KnownCase, knownCases, type MarkedCase, ShutOutMarks } from '@waymark/service-kit';
import type { ConsentRecord } from './domain/consent-record.state.js';
import { type LinkedRecord, type LinkedRecords, linkedRecords } from './linked-records.js';
import { recordsReportedOf } from './reporters-of-a-client.js';

/** Who works on a client's cases, who has recused from one, and whom their reporters shut out: the local copy of what the case service tells (integration/consume.ts). */
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

  /** Whether one of these has a case that is open, or was until then. */
  async hadCaseSince(clientIds: readonly string[], since: Date): Promise<boolean> {
    const cases = await this.dataSource.query<object[]>(
      'SELECT 1 FROM case_teams WHERE client_id = ANY($1) AND (closed_at IS NULL OR closed_at >= $2) LIMIT 1',
      [clientIds, since],
    );
    return cases.length > 0;
  }

  /** What lets the caller do this with the client's record; for all others the client does not exist. */
  async demand(caller: Principal, action: ActionOn<'Client'>, clientId: string): Promise<string> {
    return groundOf(decide(caller, action, await this.resourceOf(clientId, caller)));
  }

  /** Whether the caller works on a case of the person, by whichever id. */
  async hasInTeam(caller: Principal, clientId: string): Promise<boolean> {
    if (caller.kind !== 'staff') return false;
    const cases = await this.casesOf(await linkedRecords(this.aggregates, clientId));
    return cases.some(({ team }) => team.includes(caller.id));
  }

  /** Whether somebody has recused from one of the person's cases, or its reporter has shut them out by name: as what they asked is not on record. */
  async isOut(staffId: string, clientId: string): Promise<boolean> {
    const cases = await this.casesOf(await linkedRecords(this.aggregates, clientId));
    return cases.some((each) => each.recused.includes(staffId) || this.marks.name(each, { id: staffId }));
  }

  /** The record of this id for whoever may do this; nothing for all others, whom a list leaves it out for. */
  async findIfAllowed(
    caller: Principal,
    action: ActionOn<'Client'>,
    clientId: string,
  ): Promise<ConsentRecord | undefined> {
    const records = await linkedRecords(this.aggregates, clientId);
    const allowed = decide(caller, action, await this.resourceOfRecords(records, caller)).outcome === 'allow';
    return allowed ? records[0].record : undefined;
  }

  /** A client as the policies see them when this principal asks, by whichever id. One of whom no case is known has nobody who works for them. */
  async resourceOf(clientId: string, asker: Principal): Promise<Resource<'Client'>> {
    return this.resourceOfRecords(await linkedRecords(this.aggregates, clientId), asker);
  }

  private async resourceOfRecords(records: LinkedRecords, asker: Principal): Promise<Resource<'Client'>> {
    const cases = await this.casesOf(records);
    const { own, reportedOf } = await this.ofReporter(records[0]);
    const everybody = (on: (each: KnownCase) => readonly string[], among: readonly KnownCase[]) =>
      staffRefs([...new Set(among.flatMap(on))]);
    return {
      type: 'Client',
      id: records[0].clientId,
      attributes: {
        team: everybody((each) => each.team, cases),
        recused: everybody((each) => each.recused, [...cases, ...reportedOf]),
        shutOut: this.marks.shutOutOf([...cases, ...reportedOf, ...own], asker),
      },
    };
  }

  /** Of somebody who reported: whom they shut out themself, and the cases of the client. Nobody works for them: the team is the client's. */
  private async ofReporter({
    record,
  }: LinkedRecord): Promise<{ readonly own: readonly MarkedCase[]; readonly reportedOf: readonly KnownCase[] }> {
    const { reporterOf } = record.erasure ?? {};
    if (!reporterOf) return { own: [], reportedOf: [] };
    const { concernId, shutOut = [] } = reporterOf;
    const reportedOf = await this.casesOf(await recordsReportedOf(this.aggregates, record));
    return { own: [{ concernId, shutOut }], reportedOf };
  }

  private casesOf(records: readonly LinkedRecord[]): Promise<readonly KnownCase[]> {
    const ids = records.map((each) => each.clientId);
    return knownCases(this.dataSource, 'client_id', ids);
  }
}
