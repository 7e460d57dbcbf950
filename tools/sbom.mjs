// npm run sbom: writes dist/waymark.cdx.json, a CycloneDX list of everything that production runs, with versions and hashes.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './prepare.mjs';

const text = execFileSync('npm', ['sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev'], {
  cwd: root,
  maxBuffer: 64 * 1024 * 1024,
  stdio: ['ignore', 'pipe', 'ignore'],
});
const bom = JSON.parse(text);
// npm calls the whole by the name of the folder that it lies in.
bom.metadata.component.name = 'waymark';
const file = path.join(root, 'dist', 'waymark.cdx.json');
mkdirSync(path.dirname(file), { recursive: true });
writeFileSync(file, `${JSON.stringify(bom, null, 2)}\n`);
console.log(`dist/waymark.cdx.json: ${bom.components.length} components, CycloneDX ${bom.specVersion}`);
