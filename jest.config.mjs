/** One run for the whole repository; `node tools/test.mjs libs/privacy` narrows it to a folder. */
export default {
  rootDir: import.meta.dirname,
  testMatch: ['<rootDir>/{libs,services,infra}/*/src/**/*.spec.ts', '<rootDir>/tests/**/*.spec.ts'],
  modulePathIgnorePatterns: ['/dist/', '/\\.nx/', '/\\.waymark/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': '@swc/jest' },
  moduleNameMapper: {
    '^@waymark/([a-z-]+)$': ['<rootDir>/libs/$1/src/index.ts', '<rootDir>/services/$1/src/index.ts', '<rootDir>/infra/$1/src/index.ts'],
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  globalSetup: '<rootDir>/libs/testing/src/jest-global-setup.mjs',
  globalTeardown: '<rootDir>/libs/testing/src/jest-global-teardown.mjs',
  testTimeout: 60_000,
  maxWorkers: 2,
};
