const { readFileSync } = require('node:fs');
const path = require('node:path');

const { $schema: _, ...swc } = JSON.parse(readFileSync(path.resolve(__dirname, '../../.swcrc'), 'utf8'));

/** The settings of the build for one source, given outright: swc would look for .swcrc from the working folder. */
module.exports = (filename) => ({ ...swc, swcrc: false, filename });
