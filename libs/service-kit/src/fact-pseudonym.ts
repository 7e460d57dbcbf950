import { derivedId } from '@waymark/messaging';
import { deriveSecret } from '@waymark/privacy';
import type { Secrets } from './secrets.js';

/**
 * The name under which de-identified facts about a thing travel: the same for the same thing and kind of fact, and nobody can
 * join two kinds, or a fact to its thing, without the service's secret (docs/adr/0021-facts-of-each-kind-have-a-pseudonym-of-their-own.md).
 */
export const factPseudonym = (secrets: Secrets, kind: string, id: string): string =>
  derivedId(deriveSecret({ secret: secrets.of('fact-pseudonym'), label: kind, input: id }).toString('hex'));
