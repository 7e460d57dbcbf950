const { readFileSync } = require('node:fs');
const { fileURLToPath, pathToFileURL } = require('node:url');
const { default: Runtime } = require('jest-runtime');
const { transformSync } = require('@swc/core');
const swcOptions = require('../swc-options.cjs');
const globals = require('./current-globals.cjs');

let runs = 0;

/** Where jest looks for the line of a source that a stack means. A map is made when a stack first names the source. */
class SourceMaps extends Map {
  get(url) {
    if (!/^file:.*\.ts(\?run=\d+)?$/.test(url)) return super.get(url);
    const filename = fileURLToPath(url);
    if (!super.has(filename)) super.set(filename, mapOf(filename));
    return super.get(filename);
  }
}

function mapOf(filename) {
  const { map } = transformSync(readFileSync(filename, 'utf8'), { ...swcOptions(filename), sourceMaps: true });
  return `data:application/json;base64,${Buffer.from(map).toString('base64')}`;
}

const sourceMaps = new SourceMaps();

/** Has specs loaded by Node, with tools/test/typescript-hooks.mjs, and not by jest. */
module.exports = class OneRealmRuntime extends Runtime {
  unstable_shouldLoadAsEsm(file) {
    return file.endsWith('.ts') || super.unstable_shouldLoadAsEsm(file);
  }

  async unstable_importModule(file) {
    globals.current = super.requireModuleOrMock(file, '@jest/globals');
    runs += 1;
    await import(`${pathToFileURL(file)}?run=${runs}`);
  }

  getSourceMaps() {
    return sourceMaps;
  }
};
