// Each is linted as if it were the file at `at`, and must be reported by its rule and no other. The files exist, since
// rules that ask for types look only at files of the program; nothing is written.
const boundary = (at, text, says, messageId) => ({ rule: '@nx/enforce-module-boundaries', messageId, at, text, says });
const code = (rule, says, text, at = 'libs/contracts/src/message-contract.ts') => ({ rule, at, text, says });

const importing = (name) => `import * as canary from '${name}';\nexport { canary };\n`;
const lines = (count) =>
  `${Array.from({ length: count }, (_, index) => `export const n${index} = ${index};`).join('\n')}\n`;
const decider = 'services/case/src/case/domain/case.decider.ts';
const spec = 'services/engagement/src/engagement.spec.ts';

export const codeCanaries = [
  boundary(
    'services/case/src/case.module.ts',
    importing('@waymark/intake'),
    'a service that imports another',
    'noImportsOfApps',
  ),
  boundary(spec, importing('@waymark/intake'), "a service's spec that imports another service", 'noImportsOfApps'),
  boundary(
    'services/case/src/case.module.ts',
    importing('@waymark/demo'),
    'a service that imports infra',
    'onlyTagsConstraintViolation',
  ),
  boundary(
    'services/case/src/case.module.ts',
    importing('@waymark/testing'),
    'a service that imports testing',
    'onlyTagsConstraintViolation',
  ),
  boundary(
    'libs/contracts/src/index.ts',
    importing('@waymark/demo'),
    'a lib that imports infra',
    'onlyTagsConstraintViolation',
  ),
  boundary(
    'libs/contracts/src/index.ts',
    importing('@waymark/engagement'),
    'a lib that imports a service',
    'noImportsOfApps',
  ),
  boundary(
    'libs/contracts/src/index.ts',
    importing('@waymark/testing'),
    'a lib that imports testing',
    'onlyTagsConstraintViolation',
  ),
  boundary(
    'infra/demo/src/index.ts',
    importing('@waymark/intake'),
    'infra other than embedded that imports a service',
    'noImportsOfApps',
  ),
  boundary(
    'infra/demo/src/index.ts',
    importing('@waymark/testing'),
    'infra that imports testing',
    'onlyTagsConstraintViolation',
  ),
  boundary('libs/stage/src/index.ts', importing('@waymark/embedded'), 'a stage built upon the embedded platform', ''),
  boundary(
    'libs/event-sourcing/src/index.ts',
    importing('@waymark/service-kit'),
    'a circle of projects',
    'noCircularDependencies',
  ),
  boundary(
    'libs/contracts/src/index.ts',
    `export * from '../../privacy/src/index.js';\n`,
    'another project by its path',
    'noRelativeOrAbsoluteImportsAcrossLibraries',
  ),
  code(
    '@typescript-eslint/no-explicit-any',
    '`any`',
    'export const length = (value: any[]): number => value.length;\n',
  ),
  code(
    '@typescript-eslint/no-unsafe-return',
    'an `any` that leaks',
    `export const read = (text: string): object => JSON.parse(text);\n`,
  ),
  code('no-restricted-syntax', '`as unknown as`', `export const one = 'one' as unknown as number;\n`),
  code('no-restricted-syntax', 'a default export', `export default 1;\n`),
  code('no-restricted-syntax', 'a default export by another way', `const one = 1;\nexport { one as default };\n`),
  code(
    'no-restricted-syntax',
    'a test that is skipped',
    `import { it } from '@jest/globals';\nit.skip('is not run', () => {});\n`,
    spec,
  ),
  code(
    'no-restricted-syntax',
    'a test that runs alone',
    `import { describe } from '@jest/globals';\ndescribe.only('is run alone', () => {});\n`,
    spec,
  ),
  code('no-restricted-syntax', 'a rule that reads the clock', 'export const now = () => Date.now();\n', decider),
  code('no-restricted-syntax', 'a rule that asks for today', 'export const now = () => new Date();\n', decider),
  code('no-restricted-syntax', 'a rule that draws a number', 'export const chance = () => Math.random();\n', decider),
  code(
    'no-restricted-globals',
    'a rule that reads the environment',
    'export const zone = () => process.env.TZ;\n',
    decider,
  ),
  code(
    '@typescript-eslint/switch-exhaustiveness-check',
    'a switch that forgets a case',
    `export function say(value: 'yes' | 'no'): string | undefined {
  switch (value) {
    case 'yes':
      return 'yes';
  }
  return undefined;
}
`,
  ),
  code(
    '@typescript-eslint/switch-exhaustiveness-check',
    'a switch whose default hides what is new',
    `export function say(value: 'yes' | 'no'): string {
  switch (value) {
    case 'yes':
      return 'yes';
    default:
      return 'no';
  }
}
`,
  ),
  code(
    '@typescript-eslint/no-floating-promises',
    'a promise nobody waits for',
    'export function lose(): void {\n  Promise.resolve();\n}\n',
  ),
  code('no-console', 'a lib that writes to the console', `console.log('x');\nexport {};\n`),
  code(
    'no-console',
    'a service that writes to the console',
    `console.log('x');\nexport {};\n`,
    'services/case/src/case.module.ts',
  ),
  code('eqeqeq', '`==`', 'export const same = (one: string, other: string): boolean => one == other;\n'),
  code('max-lines', 'a file of 251 lines', lines(251)),
  code('max-lines', 'a spec of 351 lines', lines(351), spec),
  code('@typescript-eslint/no-unused-vars', 'a variable nobody uses', 'const unused = 1;\nexport {};\n'),
  code(
    '@typescript-eslint/no-restricted-imports',
    'a feature that speaks in messages',
    `export { caseMessages } from '@waymark/contracts';\n`,
    'services/case/src/case/features/open-case.ts',
  ),
  code(
    '@typescript-eslint/no-restricted-imports',
    'a projection that takes all of the contracts',
    `import * as contracts from '@waymark/contracts';\nexport const canary = contracts.caseMessages;\n`,
    'services/case/src/case/projections/cases/cases.projection.ts',
  ),
];
