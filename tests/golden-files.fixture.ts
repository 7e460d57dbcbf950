import { readdirSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');

/** Every golden file of the platform, with the folder it lies in. */
export const goldenFiles = ['libs', 'services'].flatMap((group) =>
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
