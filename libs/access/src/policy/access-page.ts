import type { PolicyJson } from './cedar.js';
import { accessRule, type ReceiptRule } from '../access-rule.js';
import { actions } from './actions.js';
import type { ActionName } from './decide.js';
import type { PolicySet } from './policy-set.js';

/** The text of docs/access.md: who may do what, and the rules behind it, from the policies alone. */
export function accessPage(set: PolicySet): string {
  const names = (Object.keys(actions) as ActionName[]).toSorted();
  return [
    '# Who may do what',
    '',
    'Made from the [policies](../libs/access/src/policy/policies) and their [schema](../libs/access/src/policy/waymark.cedarschema) by `npm run policies`; [ADR 23](adr/0023-one-policy-set-in-cedar.md) says how they decide. What no rule allows is refused, and a prohibition overrules every permission.',
    '',
    '## Actions',
    '',
    'Who can ask at all; everybody else gets 403 (401 without a token) before anything is looked up. The rules below say of which thing: whoever may not know that it exists gets the same 404 as for one that does not.',
    '',
    '| action | of a | who can ask | rules |',
    '| --- | --- | --- | --- |',
    ...names.map((name) => {
      const rules = set
        .about(name)
        .filter(
          ({ json }) =>
            speaksOf(json.resource, [actions[name].resource]) && speaksOf(json.principal, actions[name].principals),
        );
      const links = rules.map(({ id }) => `[${id}](#${id})`).join(', ');
      return `| ${name} | ${things[actions[name].resource]} | ${whoCanAsk(name)} | ${links} |`;
    }),
    '',
    '## Rules',
    ...set.policies.flatMap(({ id, effect, rule, text }) => [
      '',
      `### ${id}`,
      '',
      `${effect === 'forbid' ? '**Prohibition.** ' : ''}${rule}`,
      '',
      '```cedar',
      text.replaceAll(/^@\w+\(.*\)\n/gm, ''),
      '```',
    ]),
    '',
  ].join('\n');
}

/** Whether a policy's head can mean one of these kinds of principal or resource. */
const speaksOf = (scope: PolicyJson['principal'] | PolicyJson['resource'], types: readonly string[]): boolean =>
  !('entity_type' in scope) || types.includes(scope.entity_type);

const things: Readonly<Record<(typeof actions)[ActionName]['resource'], string>> = {
  Waymark: '–',
  Concern: 'concern',
  Case: 'case',
  Note: 'note',
  Client: 'client',
  Referral: 'referral',
  History: 'history',
};

const holders: Readonly<Record<ReceiptRule, string>> = {
  any: 'whoever holds a receipt',
  client: 'whoever holds a client receipt',
  reporter: 'whoever holds a receipt that is not the client’s',
  own_record: 'whoever holds a client receipt, or reported and is not the client',
};

function whoCanAsk(name: ActionName): string {
  const { staff = [], reporter, service = [], anonymous } = accessRule(name);
  return [
    ...staff,
    ...(reporter ? [holders[reporter]] : []),
    ...service.map((id) => `the ${id} service`),
    ...(anonymous ? ['anybody'] : []),
  ].join(', ');
}
