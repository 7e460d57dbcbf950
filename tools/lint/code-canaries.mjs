// Each is linted as if it stood in the file at `at`, and must be reported by its rule and no other. Nothing is written.
const importing = (name) => `import * as canary from '${name}';\nexport { canary };\n`;
const lines = (count) => `${Array.from({ length: count }, (_, n) => `export const n${n} = ${n};`).join('\n')}\n`;
const afterImport = (names, text) => `import { ${names} } from '@jest/globals';\n${text}\n`;

const places = {
  lib: 'libs/contracts/src/canary.ts',
  infra: 'infra/story/src/canary.ts',
  service: 'services/case/src/canary.ts',
  serviceSpec: 'services/case/src/canary.spec.ts',
  domain: 'services/case/src/case/domain/canary.ts',
  feature: 'services/case/src/case/features/canary.ts',
  projection: 'services/case/src/case/projections/canary/canary.ts',
};

/** `reason` is the boundary rule's own name for what is wrong; `tags` are tags that projects are lent for this canary. */
const boundary = (says, at, imported, reason, tags = {}) => ({
  rule: '@nx/enforce-module-boundaries',
  says,
  at: places[at],
  text: importing(imported),
  reason,
  tags,
});

const code = (rule, says, text, at = 'lib') => ({ rule, says, text, at: places[at] });

/** Rules that ask for types look only at files of the program: these stand in for one that exists. */
const typed = (rule, says, text) => ({
  rule: `@typescript-eslint/${rule}`,
  says,
  text,
  at: 'libs/contracts/src/message-contract.ts',
  typed: true,
});

export const codeCanaries = [
  boundary('a service that imports another', 'service', '@waymark/intake', 'noImportsOfApps'),
  boundary("a service's spec that imports another service", 'serviceSpec', '@waymark/intake', 'noImportsOfApps'),
  boundary('a service that imports infra', 'service', '@waymark/demo', 'onlyTagsConstraintViolation'),
  boundary('a service that imports testing', 'service', '@waymark/testing', 'onlyTagsConstraintViolation'),
  boundary(
    'a service that imports what belongs to another',
    'service',
    '@waymark/demo',
    'onlyTagsConstraintViolation',
    {
      demo: ['type:lib', 'scope:intake'],
    },
  ),
  boundary('a lib that imports what belongs to a service', 'lib', '@waymark/demo', 'onlyTagsConstraintViolation', {
    demo: ['type:lib', 'scope:intake'],
  }),
  boundary('a lib that imports infra', 'lib', '@waymark/demo', 'onlyTagsConstraintViolation'),
  boundary('a lib that imports testing', 'lib', '@waymark/testing', 'onlyTagsConstraintViolation'),
  boundary('a lib that imports a service, which is a circle', 'lib', '@waymark/case', 'noCircularDependencies'),
  boundary('libs in a circle', 'lib', '@waymark/service-kit', 'noCircularDependencies'),
  boundary('infra other than embedded that imports a service', 'infra', '@waymark/intake', 'noImportsOfApps'),
  boundary('infra that imports testing', 'infra', '@waymark/testing', 'onlyTagsConstraintViolation'),
  boundary(
    'another project by its path',
    'lib',
    '../../privacy/src/index.js',
    'noRelativeOrAbsoluteImportsAcrossLibraries',
  ),
  typed('no-unsafe-return', 'an `any` that leaks', 'export const read = (text: string): object => JSON.parse(text);\n'),
  typed(
    'no-floating-promises',
    'a promise nobody waits for',
    'export function go(): void {\n  Promise.resolve();\n}\n',
  ),
  typed(
    'switch-exhaustiveness-check',
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
  typed(
    'switch-exhaustiveness-check',
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
    '@typescript-eslint/no-explicit-any',
    '`any`',
    'export const length = (value: any[]): number => value.length;\n',
  ),
  code('@typescript-eslint/no-unused-vars', 'a variable nobody uses', 'const unused = 1;\nexport {};\n'),
  code('eqeqeq', '`==`', 'export const same = (one: string, other: string): boolean => one == other;\n'),
  code('no-console', 'a lib that writes to the console', `console.log('x');\n`),
  code('no-console', 'a service that writes to the console', `console.log('x');\n`, 'service'),
  code('max-lines', 'a file of 251 lines', lines(251)),
  code('max-lines', 'a spec of 351 lines', lines(351), 'serviceSpec'),
  code('no-restricted-syntax', '`as unknown as`', `export const one = 'one' as unknown as number;\n`),
  code(
    'no-restricted-syntax',
    'a route that names no action',
    `import { Get } from '@nestjs/common';\nexport class Canary {\n  @Get()\n  read() {\n    return 1;\n  }\n}\n`,
    'feature',
  ),
  code('no-restricted-syntax', 'a default export', 'export default 1;\n'),
  code('no-restricted-syntax', 'a default export by another way', 'const one = 1;\nexport { one as default };\n'),
  code('no-restricted-syntax', 'a skipped test', afterImport('it', `it.skip('is not run', () => {});`), 'serviceSpec'),
  code('no-restricted-syntax', 'a test run alone', afterImport('it', `it.only('is run', () => {});`), 'serviceSpec'),
  code('no-restricted-syntax', 'a skipped group', `xdescribe('not run', () => {});\n`, 'serviceSpec'),
  code('no-restricted-syntax', 'a rule that reads the clock', 'export const now = () => Date.now();\n', 'domain'),
  code('no-restricted-syntax', 'a rule that asks for today', 'export const now = () => new Date();\n', 'domain'),
  code('no-restricted-syntax', 'a rule that draws a number', 'export const luck = () => Math.random();\n', 'domain'),
  code('no-restricted-syntax', 'a rule that draws an id', 'export const id = () => crypto.randomUUID();\n', 'domain'),
  code('no-restricted-globals', 'a rule that reads the environment', 'export const zone = process.env.TZ;\n', 'domain'),
  ...['feature', 'projection', 'domain'].map((at) =>
    code(
      '@typescript-eslint/no-restricted-imports',
      `a ${at} that speaks in messages`,
      `export { caseMessages } from '@waymark/contracts';\n`,
      at,
    ),
  ),
  code(
    '@typescript-eslint/no-restricted-imports',
    'a feature that takes all of the contracts',
    importing('@waymark/contracts'),
    'feature',
  ),
  code(
    'no-restricted-imports',
    'a feature that opens a package by itself',
    `export { openValue } from '@waymark/privacy';\n`,
    'feature',
  ),
  code(
    'no-restricted-imports',
    'a feature that counts by single addresses',
    `export { Ip } from '@nestjs/common';\n`,
    'feature',
  ),
];
