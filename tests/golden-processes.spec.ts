import { describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { DeclaredProcesses } from '@waymark/service-kit';
import { definitions } from '@waymark/services';

const fileOf = (service: string, version: number): string =>
  path.join(import.meta.dirname, 'golden', `${service}-processes.v${version}.json`);

/** What the view of a service's process clocks folds, and which process an event starts. */
const startsOf = ({ declared }: DeclaredProcesses) =>
  declared
    .flatMap(({ name, startedBy: { category, types } }) => types.map((type) => ({ process: name, category, type })))
    .toSorted((one, other) => one.process.localeCompare(other.process));

const services = definitions.flatMap(({ name, processes }) => (processes ? [{ name, processes }] : []));

describe('what starts the processes of a service', () => {
  it.each(services)('is recorded for each version, and changes in a new version only: $name', async (service) => {
    const { name, processes } = service;
    const file = fileOf(name, processes.version);
    if (process.env.WAYMARK_WRITE_GOLDEN_EVENTS !== undefined && !existsSync(file))
      await writeFile(file, `${JSON.stringify(startsOf(processes), null, 2)}\n`, { flag: 'wx' });
    // Missing: write it with npm run golden. Another one: count `version` up where the processes are declared.
    expect(startsOf(processes)).toEqual(JSON.parse(await readFile(file, 'utf8')));
    expect(existsSync(fileOf(name, processes.version + 1))).toBe(false);
  });

  it('is recorded of all services that have processes', () => {
    expect(services.map(({ name }) => name).toSorted()).toEqual(['consent', 'intake']);
  });
});
