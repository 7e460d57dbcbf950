import { arabic } from './arabic.js';
import { english } from './english.js';
import { french } from './french.js';
import type { PlainLanguage } from './plain-language.js';
import { spanish } from './spanish.js';

export type { PlainLanguage } from './plain-language.js';

/** Languages that reporters and clients are answered in, ISO 639-1. The first is for whoever prefers none of them. */
export const languages = ['en', 'fr', 'es', 'ar'] as const;
export type Language = (typeof languages)[number];

/** Every code in every language: one that is missing does not compile. */
export const plainLanguage: Readonly<Record<Language, PlainLanguage>> = {
  en: english,
  fr: french,
  es: spanish,
  ar: arabic,
};
