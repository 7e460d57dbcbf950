import nx from '@nx/eslint-plugin';
import { readdirSync } from 'node:fs';
import tseslint from 'typescript-eslint';

const root = import.meta.dirname;

/** What only tests load: specs, their fixtures, and the suites that every adapter of a port has to pass. */
const testFiles = ['**/*.spec.ts', '**/*.fixture.ts', '**/*-under-test.ts', '**/contract-suite.ts', '**/contract/*.ts'];
const services = readdirSync(`${root}/services`).map((name) => `@waymark/${name}`);

const boundaries = ({ type, allow = [], tests = false }) => ({
  '@nx/enforce-module-boundaries': [
    'error',
    {
      allow,
      // Only the specs of local-postgres use testing, which is built upon it.
      ignoredCircularDependencies: [['local-postgres', 'testing']],
      depConstraints: [
        // A service meets the others in @waymark/contracts and over the bus, so that each can be deployed alone.
        { sourceTag: 'type:service', onlyDependOnLibsWithTags: ['type:lib', ...(tests ? ['type:testing'] : [])] },
        // A lib that knew a service or how the platform is put together could not be used by another one.
        { sourceTag: 'type:lib', onlyDependOnLibsWithTags: ['type:lib', ...(tests ? ['type:testing', 'type:infra'] : [])] },
        { sourceTag: 'type:infra', onlyDependOnLibsWithTags: ['type:lib', 'type:infra', ...(tests ? ['type:testing'] : [])] },
        { sourceTag: 'type:testing', onlyDependOnLibsWithTags: ['type:lib', 'type:infra', 'type:testing'] },
        // Scopes: what belongs to one service is used by nobody else.
        { sourceTag: 'scope:shared', onlyDependOnLibsWithTags: ['scope:shared'] },
        ...readdirSync(`${root}/services`).map((name) => ({
          sourceTag: `scope:${name}`,
          onlyDependOnLibsWithTags: ['scope:shared', `scope:${name}`],
        })),
      ],
    },
  ],
});

export default tseslint.config(
  { ignores: ['**/dist/', '**/node_modules/', '.nx/', '.waymark/', 'coverage/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: root } },
    rules: {},
  },
);
