import type { Account, CommandAccount } from './account.js';
import { grouped, object, text, type LoggedEvent } from './evidence.js';
import type { BrokenPromise, Finding } from './finding.js';

const markOf = ({ metadata }: LoggedEvent): string => text(metadata, 'correlationId');

/** What the callers were told against what lies in the log. */
export function checkCommands({ commands }: Account, log: readonly LoggedEvent[]): readonly Finding[] {
  const ofMark = grouped(log, markOf);
  const at = new Map(log.map((event) => [String(event.position), event]));
  return [
    ...commands.flatMap((command) => checkCommand(command, ofMark.get(command.mark) ?? [], at)),
    ...effectsOfNobody(commands, log),
  ];
}

function checkCommand(
  command: CommandAccount,
  marked: readonly LoggedEvent[],
  at: ReadonlyMap<string, LoggedEvent>,
): readonly Finding[] {
  const { what, mark, category, expects, fate, status } = command;
  const findings: Finding[] = [];
  const found = (promise: BrokenPromise, detail: string): void =>
    void findings.push({ promise, what: `${what} ${mark} (${status}): ${detail}` });
  for (const type of expects) {
    const events = marked.filter((event) => event.category === category && event.type === type);
    if (events.length > 1) found('effects twice', `${events.length} ${type}`);
    if (fate === 'acknowledged' && events.length === 0) found('acknowledged commands lost', `no ${type}`);
    if (fate === 'refused' && events.length > 0) found('refused commands done', `${type} in ${events[0]?.stream}`);
  }
  if (fate !== 'acknowledged' || command.position === undefined || expects.length === 0) return findings;
  const last = at.get(command.position);
  if (!last || markOf(last) !== mark || (command.revision !== undefined && last.revision !== command.revision))
    found('acknowledged commands lost', `position ${command.position} holds something else`);
  return findings;
}

/** Events of people that no caller knows of. What services and clocks do of themselves is judged by their causes. */
function effectsOfNobody(commands: readonly CommandAccount[], log: readonly LoggedEvent[]): readonly Finding[] {
  const marks = new Set(commands.map(({ mark }) => mark));
  const ofPeople = log.filter(({ category, metadata }) => {
    const kind = text(object(metadata, 'actor'), 'kind');
    return !category.endsWith('_access') && kind !== 'service' && kind !== 'clock';
  });
  return ofPeople
    .filter((event) => !marks.has(markOf(event)))
    .map(({ stream, revision, type }) => ({
      promise: 'effects of nobody',
      what: `${type} in ${stream} at revision ${revision} carries no mark of a caller`,
    }));
}
