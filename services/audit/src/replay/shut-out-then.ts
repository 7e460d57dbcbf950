import type { Fact } from './fact.js';
import { objectIn, textIn, textsIn } from './fields.js';

/** Whom the reporter of a concern shuts out. */
export interface ShutOutThen {
  readonly concernId: string;
  readonly marks: readonly string[];
  /** In the stream of a reporter: the client about whom they reported. */
  readonly reporterOf?: string | undefined;
}

/**
 * What an event tells of it; undefined for one that tells nothing. Read in versions that audit does not know as well: what is no mark
 * of whoever comes shuts nobody out, and whoever is meant must not come in because a release is older.
 */
export function shutOutIn({ category, subject, data }: Fact): ShutOutThen | undefined {
  switch (category) {
    case 'concern':
      return told(subject, data);
    case 'case':
      return told(textIn(data, 'concernId'), data);
    case 'consent': {
      const reporterOf = objectIn(data, 'reporterOf');
      const concernId = textIn(reporterOf, 'concernId');
      if (concernId === undefined) return undefined;
      return { concernId, marks: textsIn(reporterOf, 'shutOut'), reporterOf: textIn(reporterOf, 'clientId') };
    }
    default:
      return undefined;
  }
}

function told(concernId: string | undefined, data: Fact['data']): ShutOutThen | undefined {
  const marks = textsIn(data, 'shutOut');
  return concernId === undefined || marks.length === 0 ? undefined : { concernId, marks };
}
