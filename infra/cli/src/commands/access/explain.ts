import type { Command } from 'commander';
import type { ActionName, Explanation, Policy, Principal, Resource, ResourceType } from '@waymark/access';
import type { FindResource } from '@waymark/service-kit';
import { WrongUse } from '../../exit-codes.js';
import { type CommandContext, type CommonOptions, report } from '../command-context.js';
import type { Target } from '../target.js';
import { secretsOption, serviceOption, type TargetOptions, targetsOf } from '../views/targets.js';
import { withViews } from '../views/with-view.js';
import { askerOf, type AskerOptions } from './asker.js';

interface ExplainOptions extends CommonOptions, TargetOptions, AskerOptions {
  readonly action: string;
  readonly resource?: string;
  readonly to?: string;
}

export function addExplain(access: Command, { terminal }: CommandContext): void {
  access
    .command('explain')
    .description('what somebody would be answered who asks for an action, and through which policies')
    .requiredOption(
      '--as <who>',
      'id of a member of staff, service:NAME, receipt:CONCERN[:CLIENT], anyone; or a demo person',
    )
    .option('--roles <list>', 'roles of a member of staff, separated by commas')
    .option('--unit <unit>', 'their unit')
    .option('--purpose <purpose>', 'what they say that it is for')
    .requiredOption('--action <name>', 'such as ReadCase')
    .option(
      '--resource <stream>',
      'concern-ID, case-ID, client-ID, referral-ID or history-ID (of a case or a client), as it stands now',
    )
    .option('--to <id>', 'whom a concern is allocated to; themself when left out')
    .addOption(secretsOption())
    .addOption(serviceOption())
    .option('--json', 'print the result as one line of JSON')
    .option('--quiet', 'without --json: print nothing')
    .action(async (options: ExplainOptions) => {
      const { explain, isAction, resourceTypeOf, staffRef } = await import('@waymark/access');
      const { action } = options;
      if (!isAction(action)) throw new WrongUse(`there is no action ${action}; docs/access.md lists all`);
      const principal = await askerOf(options);
      const resource = await resourceOf(action, resourceTypeOf(action), principal, options);
      const to = staffRef(options.to ?? idOf(principal));
      const explanation = explain(principal, action, resource, action === 'AllocateConcern' ? { to } : {});
      report(terminal, options, told(options, explanation), () => asText(options, explanation));
    });
}

const idOf = (principal: Principal): string => (principal.kind === 'anonymous' ? 'anyone' : principal.id);

/** The thing, read with the rights of the service whose it is. */
async function resourceOf(
  action: ActionName,
  type: Resource['type'],
  asker: Principal,
  options: ExplainOptions,
): Promise<Resource> {
  const { platform } = await import('@waymark/access');
  if (type === 'Waymark') return platform;
  const [, kind, id] = /^(concern|case|client|referral|history)-([0-9a-f-]{36})$/.exec(options.resource ?? '') ?? [];
  if (kind !== type.toLowerCase() || id === undefined)
    throw new WrongUse(`${action} is asked about a ${type.toLowerCase()}: --resource ${type.toLowerCase()}-ID`);
  for (const target of await targetsOf(options)) {
    const find = finderOf(target, type);
    if (!find) continue;
    const found = await withViews(target, (from) => find(id, { ...from, asker, environment: target.environment }));
    if (found) return found;
    throw new WrongUse(`there is no ${options.resource}`);
  }
  throw new WrongUse(`no environment of the service that has ${options.resource}`);
}

/** Of whichever kind: what it finds says itself what it is. */
const finderOf = ({ definition: { resources } }: Target, type: ResourceType): FindAny | undefined => resources?.[type];
type FindAny = (...asked: Parameters<FindResource<ResourceType>>) => Promise<Resource | undefined>;

const policyOf = ({ id, effect, rule, file }: Policy) => ({ id, effect, rule, file });

const told = ({ action, resource }: ExplainOptions, { outcome, decidedAt, policies, missed }: Explanation) => ({
  ...{ action, resource, outcome, decidedAt },
  policies: policies.map(policyOf),
  missed: missed.map(policyOf),
});

const answers: Readonly<Record<Explanation['outcome'], string>> = {
  allow: 'allowed',
  deny: 'denied',
  hidden: 'hidden: answered as if it did not exist',
};

function asText({ action, as }: ExplainOptions, { outcome, decidedAt, policies, missed }: Explanation): string {
  const lines = (list: readonly Policy[]) => list.map(({ id, rule }) => `  ${id}: ${rule}\n`).join('');
  const where = decidedAt === 'door' ? ', whatever it is about' : '';
  return [
    `${action} by ${as}: ${answers[outcome]}${where}\n`,
    ...(policies.length > 0 ? ['through\n', lines(policies)] : []),
    ...(missed.length > 0 ? ['nothing allows it; this would, under its conditions:\n', lines(missed)] : []),
  ].join('');
}
