import { describe, expect, it } from '@jest/globals';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { isInterpreted } from '@waymark/audit';
import { aggregatesOf } from '@waymark/service-kit';
import { definitions } from '@waymark/services';

const root = path.resolve(import.meta.dirname, '..');

/** Every golden file of the platform, with the folder it lies in. */
const files = ['libs', 'services'].flatMap((group) =>
  readdirSync(path.join(root, group)).flatMap((project) =>
    readdirSync(path.join(root, group, project, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((name) => /[/]golden[/][^/]+[.]json$/.test(`/${name}`))
      .map((name) => {
        const [, type = '', version] = /^(.+)[.]v(\d+)[.]json$/.exec(path.basename(name)) ?? [];
        return {
          project,
          folder: path.join(root, group, project, 'src', path.dirname(name)),
          type,
          version: Number(version),
        };
      }),
  ),
);

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
