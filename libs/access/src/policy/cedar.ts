import { setFlagsFromString } from 'node:v8';

/**
 * Cedar, made safe to call often. Before Node 24, V8 inlines calls to WebAssembly into hot code, and when that code has to be given
 * up while such a call is under way and the call returns an object, as all of Cedar's do, it ends the process ("unreachable code").
 */
export * from '@cedar-policy/cedar-wasm/nodejs';

if (Number(process.versions.node.split('.')[0]) < 24) setFlagsFromString('--no-turbo-inline-js-wasm-calls');
