import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type ActionOn, decide, type Principal, type Resource } from '@waymark/access';
import { groundOf, type MarkedCase, ShutOutMarks } from '@waymark/service-kit';
import type { AccessEntry } from '../accesses/access-entry.entity.js';
import { clientOfCase, streamsOfClient } from '../client-index/client-index.js';
import { shutOutsOf } from '../shut-outs/shut-outs.js';

/** Who may know what the log holds about somebody: an auditor, unless a reporter shuts them out. */
@Injectable()
export class HistoryReaders {
  constructor(
    private readonly dataSource: DataSource,
    private readonly marks: ShutOutMarks,
  ) {}

  /** What lets the caller do this with the history to which these streams belong; for all others it does not exist. */
  async demand(caller: Principal, action: ActionOn<'History'>, streams: readonly string[]): Promise<string> {
    return groundOf(decide(caller, action, await this.resourceOf(streams, caller)));
  }

  /** The same of the history that an access was about; of one that is gone from the log, nobody's. */
  demandOfAccess(caller: Principal, action: ActionOn<'History'>, access: AccessEntry | null): Promise<string> {
    return this.demand(caller, action, access ? streamsThatTell(access, caller) : []);
  }

  /** Whether the caller may know of the history to which these streams belong. */
  async isKnown(caller: Principal, streams: readonly string[]): Promise<boolean> {
    return mayKnow(caller, await this.resourceOf(streams, caller));
  }

  /** Those accesses of which the caller may know, lists with what of their lines is left for them, by position. */
  async knownAmong(caller: Principal, accesses: readonly AccessEntry[]): Promise<ReadonlyMap<string, AccessEntry>> {
    const streams = [...new Set(accesses.flatMap((access) => streamsThatTell(access, caller)))];
    const shutOuts = await shutOutsOf(this.dataSource, streams);
    const hidden = new Set(
      streams.filter((stream) => !mayKnow(caller, historyBy(this.marks, shutOuts.get(stream) ?? [], caller))),
    );
    const known = accesses.flatMap((access): readonly AccessEntry[] => {
      const telling = streamsThatTell(access, caller);
      const left = telling.filter((stream) => !hidden.has(stream));
      if (access.shown) return left.length > 0 ? [{ ...access, shown: left }] : [];
      return left.length === telling.length ? [access] : [];
    });
    return new Map(known.map((access) => [access.position, access]));
  }

  private resourceOf(streams: readonly string[], asker: Principal): Promise<Resource<'History'>> {
    return historyOf(this.dataSource, this.marks, streams, asker);
  }
}

async function historyOf(
  dataSource: Pick<DataSource, 'query'>,
  marks: ShutOutMarks,
  streams: readonly string[],
  asker: Principal,
): Promise<Resource<'History'>> {
  const shutOuts = await shutOutsOf(dataSource, streams);
  return historyBy(marks, [...shutOuts.values()].flat(), asker);
}

/** A history as the policies see it when this principal asks. */
const historyBy = (marks: ShutOutMarks, cases: readonly MarkedCase[], asker: Principal): Resource<'History'> => ({
  ...{ type: 'History', id: 'history', attributes: { shutOut: marks.inConflictWith(cases, asker) } },
});

/** That of a client, or of the client of a case. Undefined where the log knows of neither. */
export async function historyNamed(
  id: string,
  dataSource: Pick<DataSource, 'query'>,
  marks: ShutOutMarks,
  asker: Principal,
): Promise<Resource<'History'> | undefined> {
  const streams = await streamsOfClient(dataSource, (await clientOfCase(dataSource, id)) ?? id);
  return streams.length === 0 ? undefined : historyOf(dataSource, marks, streams, asker);
}

const mayKnow = (caller: Principal, history: Resource<'History'>): boolean =>
  decide(caller, 'KnowHistory', history).outcome === 'allow';

/**
 * Of a list each that it showed. None of a refusal to the caller themself: it is the same whether there is something or nothing, and to
 * miss it would tell.
 */
function streamsThatTell({ stream, shown, personKind, personId, ...access }: AccessEntry, caller: Principal): string[] {
  if (shown) return shown;
  const isOwn = caller.kind === 'staff' && personKind === 'staff' && personId === caller.id;
  return isOwn && access.outcome === 'refused' && access.ground === 'none' ? [] : [stream];
}
