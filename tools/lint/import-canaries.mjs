// Each is planted in a copy of the tree and must be reported by its rule and no other; the first file is the culprit.
export const importCanaries = [
  {
    rule: 'everything-resolves',
    says: 'an import of what a package does not export',
    files: { 'services/case/src/canary.ts': `export { append } from '@waymark/event-store/src/postgres/rows.js';` },
  },
  {
    rule: 'no-cycles',
    says: 'two files that need each other',
    files: {
      'libs/messaging/src/canary.ts': `import type { Other } from './other-canary.js';\nexport interface One { other: Other }`,
      'libs/messaging/src/other-canary.ts': `import type { One } from './canary.js';\nexport interface Other { one: One }`,
    },
  },
  ...[
    ['Nest', `import { Injectable } from '@nestjs/common';\nexport const canary = Injectable;`],
    ['TypeORM', `import type { DataSource } from 'typeorm';\nexport type Canary = DataSource;`],
    ['pg', `import type { Pool } from 'pg';\nexport type Canary = Pool;`],
    ["Node's I/O", `import { readFile } from 'node:fs/promises';\nexport const canary = readFile;`],
    ["Node's random numbers", `import { randomUUID } from 'node:crypto';\nexport const canary = randomUUID;`],
    ['another lib', `import type { EventStore } from '@waymark/event-store';\nexport type Canary = EventStore;`],
    [
      "TypeBox's compiler",
      `import { TypeCompiler } from '@sinclair/typebox/compiler';\nexport const canary = TypeCompiler;`,
    ],
    ['a feature', `export { OpenCase } from '../features/open-case.js';`],
    ['a projection', `export { casesProjection } from '../projections/cases/cases.projection.js';`],
  ].map(([what, text], index) => ({
    rule: 'domain-is-pure',
    says: `a domain that uses ${what}`,
    files: { [`services/case/src/case/domain/canary-${index}.ts`]: text },
  })),
  {
    rule: 'domain-specs-are-pure',
    says: 'a domain spec that starts Nest',
    files: {
      'services/case/src/case/domain/canary.spec.ts': `import { Test } from '@nestjs/testing';\nexport const canary = Test;`,
    },
  },
  {
    rule: 'projections-do-not-use-features',
    says: 'a projection that uses a feature',
    files: {
      'services/case/src/case/projections/canary/canary.ts': `export { OpenCase } from '../../features/open-case.js';`,
    },
  },
  {
    rule: 'features-stay-with-their-aggregate',
    says: "a feature that uses another aggregate's",
    files: {
      'services/case/src/canary/features/canary.ts': `export { OpenCase } from '../../case/features/open-case.js';`,
    },
  },
  {
    rule: 'event-sourcing-depends-on-typebox-only',
    says: 'event-sourcing with a package',
    files: { 'libs/event-sourcing/src/canary.ts': `import { map } from 'rxjs';\nexport const canary = map;` },
  },
  {
    rule: 'event-sourcing-depends-on-typebox-only',
    says: 'event-sourcing with another lib',
    files: { 'libs/event-sourcing/src/canary-lib.ts': `export { matters } from '@waymark/contracts';` },
  },
  {
    rule: 'given-when-then-only-compares',
    says: 'specifications that read files',
    files: {
      'libs/event-sourcing/src/given-when-then.ts': `import { readFile } from 'node:fs/promises';\nexport const specify = readFile;`,
    },
  },
  {
    rule: 'packages-through-their-door',
    says: "a way around another package's exports",
    files: {
      'services/case/src/canary-door.ts': `export { deriveSecret } from '../../../libs/privacy/src/keys/derive-secret.js';`,
    },
  },
  {
    rule: 'packages-through-their-door',
    says: "a test that reaches into a service's folders",
    files: { 'tests/canary.spec.ts': `export { OpenCase } from '../services/case/src/case/features/open-case.js';` },
  },
  ...[
    ['the test harness', `export { eventually } from '@waymark/testing';`],
    ['the stage', `export { startStage } from '@waymark/stage';`],
    ['the chaos', `export { main } from '@waymark/chaos';`],
    ['a spec', `import './working-on-a-case.spec.js';\nexport const canary = 1;`],
    ['a contract suite', `export * from '@waymark/event-store/contract-suite';`],
  ].map(([what, text], index) => ({
    rule: 'no-test-code-in-production',
    says: `production code that uses ${what}`,
    files: { [`services/case/src/canary-${index}.ts`]: text },
  })),
  ...['@jest/globals', 'fast-check', 'prettier'].map((name, index) => ({
    rule: 'no-dev-dependencies-in-production',
    says: `production code that uses ${name}`,
    files: { [`libs/messaging/src/canary-dev-${index}.ts`]: `import * as canary from '${name}';\nexport { canary };` },
  })),
  ...[
    ['a lib', `export { verifyStream } from '@waymark/event-store';`],
    ['a service', `export { reportingService } from '@waymark/reporting';`],
    ['what plays the load', `export { AccountBook } from '../load/account-book.js';`],
  ].map(([what, text], index) => ({
    rule: 'checker-shares-no-code',
    says: `the checker with code of ${what}`,
    files: { [`infra/chaos/src/checker/canary-${index}.ts`]: text },
  })),
  {
    rule: 'packages-are-declared',
    says: 'a package that package.json does not name',
    files: { 'libs/messaging/src/canary-package.ts': `import { parse } from 'semver';\nexport const canary = parse;` },
  },
];
