/** One run for the whole repository; `node tools/test.mjs libs/privacy` narrows it to a folder. */
export default {
  rootDir: import.meta.dirname,
  testMatch: ['<rootDir>/{libs,services,infra}/*/src/**/*.spec.ts', '<rootDir>/tests/**/*.spec.ts'],
  modulePathIgnorePatterns: ['/dist/', '/\\.nx/', '/\\.waymark/'],
  // Node loads sources and packages, once for a worker, and not jest for every spec (ADR 38).
  testEnvironment: '<rootDir>/tools/test/one-realm/environment.cjs',
  runtime: '<rootDir>/tools/test/one-realm/runtime.cjs',
  globalSetup: '<rootDir>/libs/testing/src/jest-global-setup.mjs',
  globalTeardown: '<rootDir>/libs/testing/src/jest-global-teardown.mjs',
  testTimeout: 60_000,
  maxWorkers: 3,
  workerIdleMemoryLimit: '1GB',
  testSequencer: '<rootDir>/tools/test/longest-first.mjs',
};
