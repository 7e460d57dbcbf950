import { spawn } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';

const hooks = new URL('../../../../tools/test/typescript-hooks.mjs', import.meta.url).href;
const cedar = new URL('cedar.ts', import.meta.url).href;

/** Makes a decision hot, then gives its machine code up while one is under way. */
const script = `
import { register } from 'node:module';
register('${hooks}');
const cedar = await import('${cedar}');
const parsed = cedar.preparsePolicySet('all', { staticPolicies: { all: 'permit(principal, action, resource);' } });
if (parsed.type !== 'success') throw new Error('the policy was not read');
let giveUp = false;
const principal = {
  get type() {
    if (giveUp) for (const each of [decide, cedar.statefulIsAuthorized]) %DeoptimizeFunction(each);
    return 'Staff';
  },
  id: 'officer-1',
};
const action = { type: 'Action', id: 'ReadCase' };
const resource = { type: 'Case', id: 'case-1' };
const rest = { context: {}, entities: [], preparsedPolicySetId: 'all', validateRequest: false };
function decide() {
  const answer = cedar.statefulIsAuthorized({ principal, action, resource, ...rest });
  return answer.type;
}
for (let turn = 0; turn < 100; turn += 1) decide();
%PrepareFunctionForOptimization(decide);
for (let turn = 0; turn < 30_000; turn += 1) decide();
giveUp = true;
console.log(decide());
`;

describe('Cedar', () => {
  it('outlives that the code which called it is given up by the engine meanwhile', async () => {
    const child = spawn(process.execPath, ['--allow-natives-syntax', '--input-type=module', '--eval', script], {
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += String(chunk)));
    const ended = await new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal })));
    expect({ ended, output }).toEqual({ ended: { code: 0, signal: null }, output: 'success\n' });
  });
});
