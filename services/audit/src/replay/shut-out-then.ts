import type { Fact } from './fact.js';
import { objectIn, textIn, textsIn } from './fields.js';

/** Whom the reporter of a concern shuts out, as far as an event tells. */
export interface ShutOutThen {
  readonly concernId: string;
  readonly marks: readonly string[];
  /** Somebody whose history tells of another client: who reported, of whom; who is said to have come before, also where that was refused. */
  readonly telling?: { readonly clientId: string | undefined; readonly of: string | undefined };
}

/**
 * What an event tells of it; undefined for one that tells nothing. Read in versions that audit does not know as well: what is no mark
 * of whoever comes shuts nobody out, and whoever is meant must not come in because a release is older.
 */
export function shutOutIn({ category, type, subject, data }: Fact): ShutOutThen | undefined {
  switch (category) {
    case 'concern':
      return type === 'ConcernLinkedToClient' ? earlier(data) : told(subject, data);
    case 'case':
      return told(textIn(data, 'concernId'), data);
    case 'consent': {
      const reporterOf = objectIn(data, 'reporterOf');
      const concernId = textIn(reporterOf, 'concernId');
      if (concernId === undefined) return undefined;
      const telling = { clientId: subject, of: textIn(reporterOf, 'clientId') };
      return { concernId, marks: textsIn(reporterOf, 'shutOut'), telling };
    }
    default:
      return undefined;
  }
}

function told(concernId: string | undefined, data: Fact['data']): ShutOutThen | undefined {
  const marks = textsIn(data, 'shutOut');
  return concernId === undefined || marks.length === 0 ? undefined : { concernId, marks };
}

function earlier(data: Fact['data']): ShutOutThen | undefined {
  const concernId = textIn(data, 'earlierConcernId');
  const telling = { clientId: textIn(data, 'clientId'), of: textIn(data, 'earlierClientId') };
  return concernId === undefined ? undefined : { concernId, marks: [], telling };
}
