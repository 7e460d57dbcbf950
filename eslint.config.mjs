import nx from '@nx/eslint-plugin';
import { defineConfig } from 'eslint/config';
import { readdirSync } from 'node:fs';
import tseslint from 'typescript-eslint';

const root = import.meta.dirname;
const services = readdirSync(`${root}/services`);

/** What only tests load: specs, their fixtures, and the suites that every adapter of a port has to pass. */
const testFiles = [
  '**/*.spec.ts',
  '**/*.fixture.ts',
  '**/*-under-test.ts',
  '**/contract-suite.ts',
  '**/contract/*.ts',
  '**/torture/*.ts',
];

/** Who may depend on whom, by the tags in the project.json files; `more` is what a kind of file may use besides. */
const boundaries = (more = {}, allow = []) => [
  'error',
  {
    allow,
    // The specs of local-postgres wait with what testing offers, and testing starts its databases with local-postgres.
    ignoredCircularDependencies: [['local-postgres', 'testing']],
    depConstraints: [
      // A service meets the others in @waymark/contracts and on the bus only, so that each can be deployed alone.
      { sourceTag: 'type:service', onlyDependOnLibsWithTags: ['type:lib', ...(more.service ?? [])] },
      // A lib that knew a service, or how a platform is put together, could not be used by the next one.
      { sourceTag: 'type:lib', onlyDependOnLibsWithTags: ['type:lib', ...(more.lib ?? [])] },
      { sourceTag: 'type:infra', onlyDependOnLibsWithTags: ['type:lib', 'type:infra', ...(more.infra ?? [])] },
      // A stage takes the services it plays as arguments: it must not depend on what is tested with it.
      { sourceTag: 'type:testing', onlyDependOnLibsWithTags: ['type:lib', 'type:infra', 'type:testing'] },
      { sourceTag: 'scope:shared', onlyDependOnLibsWithTags: ['scope:shared'] },
      ...services.map((name) => ({
        sourceTag: `scope:${name}`,
        onlyDependOnLibsWithTags: ['scope:shared', `scope:${name}`],
      })),
    ],
  },
];

/** Forbidden everywhere by shape; `no-restricted-syntax` is one setting, so each kind of file gets its whole list. */
const forbiddenSyntax = [
  {
    // It says "trust me" twice, and hides from the compiler the very fault it was asked to find.
    selector: 'TSAsExpression > TSAsExpression[typeAnnotation.type="TSUnknownKeyword"]',
    message: 'Check or parse the value instead of `as unknown as`.',
  },
  {
    // A named export has the same name wherever it is used, and can be searched for.
    selector: 'ExportDefaultDeclaration, ExportSpecifier[exported.name="default"]',
    message: 'Export by name.',
  },
  {
    // A route that names no action is one about which no policy is asked.
    selector:
      'MethodDefinition:has(> Decorator[expression.callee.name=/^(Get|Post|Put|Patch|Delete|Head|Options|All)$/]):not(:has(> Decorator[expression.callee.name="Access"]))',
    message: 'Name the action of the route: @Access(…).',
  },
];

/** Time and chance come to a decision in its context: what reads them itself decides differently on a replay. */
const forbiddenInDomain = [
  {
    selector:
      'NewExpression[callee.name="Date"][arguments.length=0], CallExpression[callee.object.name="Date"][callee.property.name="now"]',
    message: 'Take the time from the context.',
  },
  {
    selector: 'CallExpression[callee.object.name="Math"][callee.property.name="random"], Identifier[name="crypto"]',
    message: 'Take fresh ids from the context.',
  },
];

/** A test that is switched off is a rule that nobody checks. */
const forbiddenInTests = [
  {
    selector: 'MemberExpression[object.name=/^(describe|it|test)$/][property.name=/^(skip|only|todo|failing)$/]',
    message: 'No test is skipped or run alone.',
  },
  {
    selector: 'CallExpression[callee.name=/^(xit|xdescribe|xtest|fit|fdescribe)$/]',
    message: 'No test is skipped or run alone.',
  },
];

/** `const { receipt: _receipt, ...rest }` says what is left out. */
const unusedVariables = ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }];

export default defineConfig(
  { ignores: ['**/dist/', '**/node_modules/', '.nx/', '.waymark/', 'coverage/'] },
  {
    // A comment that switches a rule off must still switch something off.
    linterOptions: { reportUnusedDisableDirectives: 'error' },
  },
  {
    files: ['**/*.mjs'],
    extends: [tseslint.configs.recommended],
    rules: { eqeqeq: 'error', '@typescript-eslint/no-unused-vars': unusedVariables },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    plugins: { '@nx': nx },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: root } },
    rules: {
      '@nx/enforce-module-boundaries': boundaries(),
      // `any` switches the compiler off for everything it touches.
      '@typescript-eslint/no-explicit-any': 'error',
      // A lost promise is a lost error: an event not appended, and nobody told.
      '@typescript-eslint/no-floating-promises': 'error',
      // A new event or state must be dealt with everywhere; a default would swallow it.
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { allowDefaultCaseForExhaustiveSwitch: false, considerDefaultExhaustiveForUnions: false },
      ],
      // Handlers and adapters are async by their port, whether or not they wait for something.
      '@typescript-eslint/require-await': 'off',
      // `const row: Row = JSON.parse(text)` says what the text is, where it enters; using it unnamed is an error below.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      // Ports are objects of functions, written as methods: taking one out of its object is how they are used.
      '@typescript-eslint/unbound-method': 'off',
      // An abort is passed on with the reason it came with.
      '@typescript-eslint/prefer-promise-reject-errors': [
        'error',
        { allowThrowingAny: true, allowThrowingUnknown: true },
      ],
      '@typescript-eslint/no-unused-vars': unusedVariables,
      'no-restricted-syntax': ['error', ...forbiddenSyntax],
      // A file that does not fit on a few screens is about more than one thing.
      'max-lines': ['error', { max: 250 }],
      eqeqeq: 'error',
    },
  },
  {
    // What a service logs goes through its logger, which keeps personal data out.
    files: ['libs/*/src/**/*.ts', 'services/*/src/**/*.ts'],
    rules: { 'no-console': 'error' },
  },
  {
    // Messages are the language between services: inside one, they are turned into its own commands at the edge.
    files: ['services/*/src/**/*.ts'],
    ignores: ['services/*/src/integration/**', ...testFiles],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['@waymark/contracts'],
              importNamePattern: 'Messages$',
              message: 'Only src/integration/ knows messages.',
            },
          ],
        },
      ],
    },
  },
  {
    // What leaves is composed by the declared data categories, and opened in one place only. Callers are counted by line.
    files: ['services/*/src/**/*.ts'],
    ignores: ['services/referral/src/referral/package/package-seal.ts', ...testFiles],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: '@waymark/privacy',
              importNames: ['openValue'],
              message: 'A package is opened by package-seal.ts only.',
            },
            {
              name: '@nestjs/common',
              importNames: ['Ip'],
              message: 'An IPv6 line has 2^64 addresses: count by @Source().',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['services/*/src/**/domain/**/*.ts', 'libs/event-sourcing/src/**/*.ts'],
    rules: {
      'no-restricted-syntax': ['error', ...forbiddenSyntax, ...forbiddenInDomain],
      // Node's I/O needs no import when it is a global.
      'no-restricted-globals': [
        'error',
        'process',
        'fetch',
        'performance',
        'setTimeout',
        'setInterval',
        'setImmediate',
      ],
    },
  },
  {
    // The list of all services: the one place that may know all of them.
    files: ['infra/services/src/**/*.ts'],
    rules: {
      '@nx/enforce-module-boundaries': boundaries(
        {},
        services.map((name) => `@waymark/${name}`),
      ),
    },
  },
  {
    files: testFiles,
    rules: {
      '@nx/enforce-module-boundaries': boundaries({
        service: ['type:testing', 'type:infra'],
        lib: ['type:testing', 'type:infra'],
        infra: ['type:testing'],
      }),
      'no-restricted-syntax': ['error', ...forbiddenSyntax, ...forbiddenInTests],
      // Specs are lists of sentences, and read from top to bottom.
      'max-lines': ['error', { max: 350 }],
    },
  },
  {
    // What comes back over HTTP is what is under test here; expectations, not types, say what it must be.
    files: [...testFiles, 'libs/stage/src/**/*.ts', 'infra/story/src/**/*.ts', 'tests/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    // One list, the published language of the whole platform.
    files: ['libs/contracts/src/code-lists.ts'],
    rules: { 'max-lines': 'off' },
  },
);
