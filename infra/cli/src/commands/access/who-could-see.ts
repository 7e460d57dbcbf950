import type { Command } from 'commander';
import { exitCodes } from '../../exit-codes.js';
import { type CommandContext, type CommonOptions, report } from '../command-context.js';
import { askAudit, auditOption } from './audit-service.js';

interface WhoOptions extends CommonOptions {
  readonly case: string;
  readonly at: string;
  readonly audit: string;
}

/** What is read of the answer; all of it is printed with `--json`. */
interface Answer {
  readonly intact: boolean;
  readonly things: readonly Thing[];
  readonly caveats: readonly { readonly code: string; readonly says: string }[];
  readonly notInterpreted: readonly { readonly type: string; readonly events: number }[];
  readonly accesses: string;
}

interface Thing {
  readonly kind: string;
  readonly id: string;
  readonly status?: string;
  readonly shutOut?: number;
  readonly policies: { readonly digest?: string; readonly since?: string; readonly substituted?: string };
  readonly sights: readonly Sight[];
}

interface Sight {
  readonly action: string;
  readonly obstacle?: string;
  readonly everybody: readonly Everybody[];
  readonly people: readonly Somebody[];
  readonly keptOut: readonly Somebody[];
}

interface Everybody {
  readonly kind: string;
  readonly who: string;
  readonly units?: readonly string[];
  readonly exceptUnits?: readonly string[];
  readonly through: readonly Through[];
}

interface Somebody {
  readonly staffId: string;
  readonly asRoles: readonly string[];
  readonly through: readonly Through[];
}

interface Through {
  readonly policy: string;
  readonly rule: string;
}

export function addWhoCouldSee(access: Command, { terminal, end }: CommandContext): void {
  access
    .command('who-could-see')
    .description('who could see a case at a past moment, and through which rule; for auditors')
    .requiredOption('--case <id>', 'the case')
    .requiredOption('--at <moment>', 'RFC 3339 with time zone, such as 2026-03-03T10:00:00Z')
    .addOption(auditOption())
    .option('--json', 'print the result as one line of JSON')
    .option('--quiet', 'without --json: print nothing')
    .action(async (options: WhoOptions) => {
      const { audit, at } = options;
      const path = `/v1/cases/${encodeURIComponent(options.case)}/who-could-see?at=${encodeURIComponent(at)}`;
      const answer = (await askAudit(audit, path)) as Answer;
      report(terminal, options, answer, () => asText(options, answer));
      if (!answer.intact) end(exitCodes.faultFound);
    });
}

function asText({ case: caseId, at }: WhoOptions, answer: Answer): string {
  const { intact, things, caveats, notInterpreted, accesses } = answer;
  return [
    `case-${caseId} at ${at}`,
    ...(intact ? [] : ['THE LOG IS NOT AS IT WAS WRITTEN: what follows cannot be relied on']),
    ...things.flatMap(thingLines),
    '',
    ...caveats.map(({ code, says }) => `${code}: ${says}`),
    ...notInterpreted.map(({ type, events }) => `not interpreted: ${events} of ${type}`),
    `who did see something until then: GET ${accesses}`,
    '',
  ].join('\n');
}

const thingLines = ({ kind, id, status, shutOut = 0, policies, sights }: Thing): readonly string[] => [
  '',
  `${kind} ${id}${status === undefined ? '' : `, ${status}`}${shutOut > 0 ? `, ${shutOut} shut out` : ''}`,
  `  ${policyLine(policies)}`,
  ...sights.flatMap(sightLines),
];

function policyLine({ digest, since, substituted }: Thing['policies']): string {
  const inForce = digest === undefined ? 'not recorded' : `${digest.slice(0, 12)}, in force since ${since}`;
  return `policies: ${inForce}${substituted === undefined ? '' : `; TODAY'S WERE ASKED (${substituted})`}`;
}

function sightLines({ action, obstacle, everybody, people, keptOut }: Sight): readonly string[] {
  const lines = [
    ...everybody.flatMap((each) => [`    ${everybodyText(each)}`, ...rules(each.through)]),
    ...people.flatMap((each) => [`    ${somebodyText(each)}`, ...rules(each.through)]),
    ...keptOut.flatMap((each) => [`    not ${somebodyText(each)}`, ...rules(each.through)]),
  ];
  return [
    `  ${action}`,
    ...(lines.length > 0 ? lines : [`    nobody${obstacle === undefined ? '' : `: ${obstacle}`}`]),
  ];
}

function everybodyText({ kind, who, units, exceptUnits }: Everybody): string {
  if (kind === 'receipt') return `whoever holds the ${who} receipt`;
  if (kind === 'service') return `the ${who} service`;
  const only = units ? ` of ${units.join(', ')}` : '';
  return `every ${who}${only}${exceptUnits ? ` but those of ${exceptUnits.join(', ')}` : ''}`;
}

const somebodyText = ({ staffId, asRoles }: Somebody): string => `${staffId} as ${asRoles.join(' or ')}`;

const rules = (through: readonly Through[]): readonly string[] =>
  through.map(({ policy, rule }) => `      ${policy}: ${rule}`);
