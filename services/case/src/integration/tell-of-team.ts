import { makeValidator } from 'envalid';
import type { ServiceTokenSource } from '@waymark/access';
import { type Call, type Log, ServiceCaller, type TeamTold, type Written } from '@waymark/service-kit';
import type { CaseEvent } from '../case/domain/case.events.js';

const addresses = makeValidator<readonly URL[]>((value) =>
  value
    .split(',')
    .filter((part) => part.trim() !== '')
    .map((part) => new URL(part.trim())),
);

export const tellOfTeamVariables = {
  TEAMS_TOLD_AT: addresses({
    default: [],
    desc: 'addresses, separated by commas, of the services that are told at once who works on a case',
  }),
};

/**
 * Tells the services that keep a copy of the teams before the command is answered, so that access ends there, and begins, with the
 * next request. The message that says the same follows: a service that cannot be reached in time hears of it then, and the change
 * stands all the same.
 */
export class TeamListeners {
  private readonly caller: ServiceCaller;

  constructor(
    private readonly addresses: readonly URL[],
    tokens: ServiceTokenSource,
    private readonly log: Pick<Log, 'warn'>,
    private readonly timeoutMs = 1000,
  ) {
    this.caller = new ServiceCaller(tokens);
  }

  /** Nothing of what was appended by an attempt before: whoever is told says the same as the message, or nothing. */
  async tell(written: Written<unknown, CaseEvent>, call: Call): Promise<void> {
    const told = toldBy(written);
    if (told) await Promise.all(this.addresses.map((address) => this.tellOne(address, written.id, told, call)));
  }

  private async tellOne(address: URL, caseId: string, told: TeamTold, call: Call): Promise<void> {
    try {
      const signal = AbortSignal.timeout(this.timeoutMs);
      const { status } = await this.caller.post(new URL(`/v1/case-teams/${caseId}`, address), told, { call, signal });
      if (status !== 200) throw new Error(`answered ${status}`);
    } catch (error) {
      this.log.warn({ err: error, caseId, address: address.origin }, 'hears of a team by its message only');
    }
  }
}

/** The team as the last of these events has it, as its message tells it; undefined when there is none such. */
function toldBy({ events, revision, appendedAt }: Written<unknown, CaseEvent>): TeamTold | undefined {
  const index = events.findLastIndex(({ data }) => 'team' in data);
  const event = events[index];
  if (appendedAt === undefined || !event || !('team' in event.data)) return undefined;
  const { concernId, clientId, team } = event.data;
  return {
    ...(concernId === undefined ? {} : { concernId }),
    ...{ clientId, team, changedAt: appendedAt, revision: revision - (events.length - 1 - index) },
    ...(event.type === 'OfficerRecused' ? { recused: event.data.staffId } : {}),
  };
}
