import { readFileSync } from 'node:fs';

// The same settings as the build, but given outright: @swc/jest would look for .swcrc from the working folder.
const { $schema: _, ...swc } = JSON.parse(readFileSync(new URL('.swcrc', import.meta.url), 'utf8'));

// ES modules that CommonJS packages require(): Node 20.19 can do that, jest only on Node 24.
const requiredEsModules = ['content-disposition', 'cookie'].join('|');

/** One run for the whole repository; `node tools/test.mjs libs/privacy` narrows it to a folder. */
export default {
  rootDir: import.meta.dirname,
  testMatch: ['<rootDir>/{libs,services,infra}/*/src/**/*.spec.ts', '<rootDir>/tests/**/*.spec.ts'],
  modulePathIgnorePatterns: ['/dist/', '/\\.nx/', '/\\.waymark/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', { ...swc, swcrc: false }],
    [`/node_modules/(${requiredEsModules})/.+\\.js$`]: ['@swc/jest', { swcrc: false }],
  },
  transformIgnorePatterns: [`/node_modules/(?!(.*/node_modules/)?(${requiredEsModules})/)`],
  moduleNameMapper: {
    '^@waymark/([a-z-]+)$': [
      '<rootDir>/libs/$1/src/index.ts',
      '<rootDir>/services/$1/src/index.ts',
      '<rootDir>/infra/$1/src/index.ts',
    ],
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  globalSetup: '<rootDir>/libs/testing/src/jest-global-setup.mjs',
  globalTeardown: '<rootDir>/libs/testing/src/jest-global-teardown.mjs',
  testTimeout: 60_000,
  maxWorkers: 3,
  // What a spec has loaded is never given back (ES modules in vm contexts): a worker that grows to gigabytes collects garbage only.
  workerIdleMemoryLimit: '1GB',
  testSequencer: '<rootDir>/tools/test/longest-first.mjs',
};
