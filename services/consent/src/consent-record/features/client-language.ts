import Negotiator from 'negotiator';
import { type Language, languages } from '@waymark/contracts';

/** The language of ours that `Accept-Language` prefers; the first of ours when it prefers none. */
export function languageFor(preferred: string | undefined): Language {
  const [best] = new Negotiator({ headers: { 'accept-language': preferred } }).languages([...languages]);
  return languages.find((language) => language === best) ?? languages[0];
}
