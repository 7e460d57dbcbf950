/** What only tests load; the same list as in eslint.config.mjs. */
const testFile = '[.](spec|fixture)[.]ts$|-under-test[.]ts$|/contract-suite[.]ts$|/contract/|/postgres/torture/';

/** Projects that only try and measure the platform. */
const toolsOfTesting = '^(libs/(testing|stage)|infra/(bench|chaos|fuzz|keycloak))/';
/** Its schemas and types; the compiler, which makes code of a schema, is another entry. */
const typeBox = '/@sinclair/typebox/build/[^/]+/index[.]';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'everything-resolves',
      comment: 'What cannot be found cannot be judged: a boundary crossed by it would go unseen.',
      severity: 'error',
      from: {},
      // Jest's set-up is taken from the build, which on a clean clone comes later.
      to: { couldNotResolve: true, pathNot: '/dist/' },
    },
    {
      name: 'no-cycles',
      comment: 'Files that need each other are one file in two places; types count, since a reader follows them too.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'domain-is-pure',
      comment:
        'Rules are decided without a framework, a database, a clock or I/O, so that they can be read, tested and replayed by themselves. TypeBox describes data and does nothing: the shape of an event is written once, as its schema, and its type follows.',
      severity: 'error',
      from: { path: '^(services/.+/domain)/', pathNot: testFile },
      to: { pathNot: ['^$1/', '^libs/(event-sourcing|contracts)/src/index[.]ts$', typeBox] },
    },
    {
      name: 'domain-specs-are-pure',
      comment: 'A rule whose spec needs more than the rule has a rule somewhere else.',
      severity: 'error',
      from: { path: '^(services/.+/domain)/.+[.]spec[.]ts$' },
      to: {
        pathNot: [
          '^$1/',
          '^libs/(event-sourcing|contracts|testing)/src/index[.]ts$',
          'node_modules/(@jest/globals|fast-check)/',
        ],
      },
    },
    {
      name: 'projections-do-not-use-features',
      comment: 'A read model follows from the events alone: a rebuild must not send commands or answer requests.',
      severity: 'error',
      from: { path: '^services/.+/projections/', pathNot: testFile },
      to: { path: '^services/.+/features/' },
    },
    {
      name: 'features-stay-with-their-aggregate',
      comment: 'Use cases of two aggregates meet on the command bus, where access and idempotency are looked after.',
      severity: 'error',
      from: { path: '^services/([^/]+)/src/([^/]+)/features/', pathNot: testFile },
      to: { path: '^services/$1/src/[^/]+/features/', pathNot: '^services/$1/src/$2/' },
    },
    {
      name: 'event-sourcing-depends-on-typebox-only',
      comment:
        'Every rule of the platform is written with it: whatever it needed, all of them would need. With TypeBox events are declared and checked.',
      severity: 'error',
      from: { path: '^libs/event-sourcing/src/', pathNot: `${testFile}|/given-when-then[.]ts$` },
      to: { pathNot: ['^libs/event-sourcing/src/', typeBox, '/@sinclair/typebox/build/[^/]+/compiler/'] },
    },
    {
      name: 'given-when-then-only-compares',
      comment: 'Specifications compare what was decided, for which Node has a function; they need nothing else.',
      severity: 'error',
      from: { path: '^libs/event-sourcing/src/given-when-then[.]ts$' },
      to: { pathNot: ['^libs/event-sourcing/src/', '^(node:)?util$'] },
    },
    {
      name: 'packages-through-their-door',
      comment: 'What a package does not export it may change; whoever reaches around the exports breaks then.',
      severity: 'error',
      from: { path: '^((?:libs|services|infra)/[^/]+|tests)/' },
      to: {
        path: '^(libs|services|infra)/[^/]+/',
        pathNot: ['^$1/', '^(libs|services|infra)/[^/]+/src/index[.]ts$', '^libs/[^/]+/src/contract-suite[.]ts$'],
      },
    },
    {
      name: 'no-test-code-in-production',
      comment: 'A service that needs what only tests have is not the service that was tested.',
      severity: 'error',
      from: { path: '^(libs|services|infra)/', pathNot: [testFile, toolsOfTesting] },
      to: { path: [toolsOfTesting, testFile] },
    },
    {
      name: 'no-dev-dependencies-in-production',
      comment:
        'Jest, fast-check and the like are not installed in production; code that needs them would not start there.',
      severity: 'error',
      from: { path: '^(libs|services|infra)/', pathNot: [testFile, toolsOfTesting] },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['npm'] },
    },
    {
      name: 'checker-shares-no-code',
      comment: 'A checker that uses the code that it checks makes the same mistakes, and finds none.',
      severity: 'error',
      from: { path: '^infra/chaos/src/checker/', pathNot: testFile },
      to: { path: '^(libs|services|infra)/', pathNot: '^infra/chaos/src/checker/' },
    },
    {
      name: 'packages-are-declared',
      comment: 'A package that is there only because another one needs it vanishes with that one.',
      severity: 'error',
      from: { path: '^(libs|services|infra|tests)/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'], path: 'node_modules/' },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    // @waymark/x is a link to libs/x, services/x or infra/x: its real path is what the rules speak of.
    preserveSymlinks: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'import', 'node', 'default'],
      mainFields: ['types', 'module', 'main'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.d.ts', '.json', '.node'],
    },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(libs|services|infra)/[^/]+/dist/' },
  },
};
