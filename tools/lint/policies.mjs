// The policies against their schema, then canaries: policies that must be refused, each for its own reason.
import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { reportCanaries } from './report.mjs';

const folder = path.resolve(import.meta.dirname, '../../libs/access/src/policy');
const schema = readFileSync(path.join(folder, 'waymark.cedarschema'), 'utf8');
const files = readdirSync(path.join(folder, 'policies')).filter((name) => name.endsWith('.cedar'));
const texts = files.map((name) => readFileSync(path.join(folder, 'policies', name), 'utf8'));

const found = faultsOf(texts.join('\n'));
for (const fault of found) console.log(fault);
console.log(found.length === 0 ? `policies: ${files.length} files, clean` : `policies: ${found.length} found`);

const canaries = [
  [
    'not declared as a valid eid',
    'a role that does not exist',
    'permit(principal in Role::"oficer", action, resource);',
  ],
  ['unrecognized action', 'an action that nobody declared', 'permit(principal, action == Action::"Snoop", resource);'],
  [
    'attribute `officer` on entity type `Case` not found',
    'a question about what a case does not have',
    'permit(principal, action == Action::"ReadCase", resource is Case) when { resource.officer == principal };',
  ],
  [
    'unable to guarantee safety of access to optional attribute',
    'a question about what may be absent',
    'permit(principal, action == Action::"ReadConcern", resource is Concern) when { resource.officer == principal };',
  ],
  [
    'unable to find an applicable action',
    'a policy that can never apply',
    'permit(principal is Anyone, action == Action::"ReadCase", resource);',
  ],
  ['unexpected end of input', 'a policy without an end', 'permit(principal, action, resource'],
];
console.log('canaries of the policies:');
const outcomes = canaries.map(([rule, says, text]) => {
  const faults = faultsOf(text);
  return { rule, says, fired: faults.some((fault) => fault.includes(rule)) ? [rule] : faults };
});
process.exitCode = reportCanaries(outcomes) && found.length === 0 ? 0 : 1;

function faultsOf(staticPolicies) {
  const answer = cedar.validate({ validationSettings: { mode: 'strict' }, schema, policies: { staticPolicies } });
  if (answer.type === 'failure') return answer.errors.map(({ message }) => message);
  return [...answer.validationErrors, ...answer.validationWarnings].map(({ error }) => error.message);
}
