import { makeValidator } from 'envalid';
import type { ServiceTokenSource } from '@waymark/access';
import type { Instant } from '@waymark/event-sourcing';
import { type Call, type Log, ServiceCaller, type TeamTold, type Written } from '@waymark/service-kit';
import type { CaseEvent } from '../case/domain/case.events.js';
import type { CaseState } from '../case/domain/case.state.js';

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

  async tell(written: Written<CaseState, CaseEvent>, call: Call, changedAt: Instant): Promise<void> {
    const told = toldBy(written, changedAt);
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

/** The team as it is now, also when a command is answered again; undefined when the command left it as it was. */
function toldBy({ events, state, revision }: Written<CaseState, CaseEvent>, changedAt: Instant): TeamTold | undefined {
  if (state.status === 'none' || !events.some(({ data }) => 'team' in data)) return undefined;
  const { concernId, clientId, team } = state;
  const recusal = events.find((event) => event.type === 'OfficerRecused');
  return { concernId, clientId, team, changedAt, revision, ...(recusal ? { recused: recusal.data.staffId } : {}) };
}
