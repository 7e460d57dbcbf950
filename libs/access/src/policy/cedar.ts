import { setFlagsFromString } from 'node:v8';

/**
 * Cedar, made safe to call often, and quick from the first call on. The flags have to be set before its WebAssembly is compiled: so it
 * is imported after them.
 */
export type * from '@cedar-policy/cedar-wasm/nodejs';

/**
 * Before Node 24, V8 inlines calls to WebAssembly into hot code, and when that code has to be given up while such a call is under way
 * and the call returns an object, as all of Cedar's do, it ends the process ("unreachable code").
 */
if (Number(process.versions.node.split('.')[0]) < 24) setFlagsFromString('--no-turbo-inline-js-wasm-calls');

/**
 * Optimising Cedar while it reads the policies takes V8 five times as long as reading them, and makes a decision a fifth faster. So it
 * waits until a function has run a thousand times as long as usual.
 */
setFlagsFromString('--wasm-tiering-budget=2147483647');

export const {
  policySetTextToParts,
  policyToJson,
  preparsePolicySet,
  preparseSchema,
  schemaToJsonWithResolvedTypes,
  statefulIsAuthorized,
  validate,
} = await import('@cedar-policy/cedar-wasm/nodejs');
