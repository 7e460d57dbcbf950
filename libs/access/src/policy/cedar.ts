import { setFlagsFromString } from 'node:v8';

/**
 * V8 of Node 20 ends the process ("unreachable code", in the deoptimizer) when code into which it has inlined a call to WebAssembly is
 * deoptimized during that call. Newer ones do not know the flag.
 */
if (Number(process.versions.node.split('.')[0]) < 22) setFlagsFromString('--no-turbo-inline-js-wasm-calls');

export * as cedar from '@cedar-policy/cedar-wasm/nodejs';
