import { describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { isInterpreted } from '@waymark/audit';
import { aggregatesOf } from '@waymark/service-kit';
import { definitions } from '@waymark/services';
import { goldenFiles as files } from './golden-files.fixture.js';

const declared = definitions.flatMap((service) =>
  aggregatesOf(service).flatMap(({ category, events }) =>
    Object.entries<{ readonly version: number }>(events).map(([type, { version }]) => ({
      // Processes are the same everywhere.
      project: category.endsWith('_process') ? 'service-kit' : service.name,
      type,
      version,
    })),
  ),
);

describe('the events of the platform', () => {
  it('have a golden file in their service, for each type and in its current version', () => {
    const lacking = declared.filter(
      (event) =>
        !files.some(
          (file) => file.project === event.project && file.type === event.type && file.version === event.version,
        ),
    );
    expect(declared.length).toBeGreaterThan(30);
    expect(lacking).toEqual([]);
  });

  it('are checked against their golden files by a spec beside them', () => {
    const folders = [...new Set(files.map(({ folder }) => folder))];
    expect(folders.filter((folder) => !existsSync(path.join(folder, '..', 'golden-events.spec.ts')))).toEqual([]);
  });

  it('have names that no other service uses', () => {
    const names = files.filter(({ version }) => version === 1).map(({ type }) => type);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it('are replayed by audit in every version that services write', () => {
    expect(files.filter(({ type, version }) => !isInterpreted({ type, schemaVersion: version }))).toEqual([]);
  });
});
