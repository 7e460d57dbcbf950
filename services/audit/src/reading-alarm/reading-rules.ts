import type { ReadingRule } from '@waymark/contracts';
import { idsOfPerson } from '../client-index/client-index.js';

/** Token of the thresholds. */
export const READING_LIMITS = Symbol('READING_LIMITS');

export interface ReadingLimits {
  /** Clients whose data one person reads within an hour without anybody asking why. */
  readonly clientsPerHour: number;
  /** Readings refused to one person within an hour. */
  readonly refusalsPerHour: number;
}

/** A row of each rule's query: what makes an alarm. */
export interface SuspiciousRow {
  readonly person_id: string;
  readonly unit: string | null;
  readonly count: number;
  readonly position: string;
  readonly recorded_at: Date;
  /** Alarms with the same are one. */
  readonly occasion: string;
}

/**
 * Readings by staff of what belongs to a client, after position $1 and up to $2. What audit shows is sealed: it is no such reading. Nor
 * is a list, which shows what lies before everybody who does that work: whom it shows was not looked for.
 */
const fresh = `a.position > $1 AND a.position <= $2 AND a.person_kind = 'staff' AND a.service <> 'audit' AND a.shown IS NULL`;
const theHourBefore = `b.person_id = a.person_id AND b.person_kind = 'staff' AND b.service <> 'audit' AND b.shown IS NULL
  AND b.position <= a.position AND b.recorded_at > a.recorded_at - interval '1 hour'`;
/** One of the ids of the person who has this one, the same for all of them. */
const person = (clientId: string): string => `(${idsOfPerson(clientId)} SELECT min(client_id::text) FROM ids)`;
const oncePerHour = `to_char(a.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24')`;

/** The rules: each finds, among accesses that are new, those after which somebody has to ask. $3 is its limit, where it has one. */
export const readingRuleQueries: Readonly<Record<ReadingRule, (limits: ReadingLimits) => [string, number?]>> = {
  many_clients_in_an_hour: ({ clientsPerHour }) => [
    `SELECT a.person_id, a.unit, seen.count, a.position, a.recorded_at, ${oncePerHour} AS occasion
     FROM accesses a CROSS JOIN LATERAL (
       SELECT count(DISTINCT coalesce(${person('c.client_id')}, b.stream))::int AS count
       FROM accesses b LEFT JOIN client_streams c ON c.stream = b.stream
       WHERE ${theHourBefore} AND b.outcome = 'allowed'
     ) seen
     WHERE ${fresh} AND a.outcome = 'allowed' AND seen.count > $3
     ORDER BY a.position`,
    clientsPerHour,
  ],
  refused_often: ({ refusalsPerHour }) => [
    `SELECT a.person_id, a.unit, seen.count, a.position, a.recorded_at, ${oncePerHour} AS occasion
     FROM accesses a CROSS JOIN LATERAL (
       SELECT count(*)::int AS count FROM accesses b WHERE ${theHourBefore} AND b.outcome = 'refused'
     ) seen
     WHERE ${fresh} AND a.outcome = 'refused' AND seen.count > $3
     ORDER BY a.position`,
    refusalsPerHour,
  ],
  broken_glass: () => [
    `SELECT a.person_id, a.unit, 1 AS count, a.position, a.recorded_at, a.event_id::text AS occasion
     FROM accesses a WHERE ${fresh} AND a.event_type = 'EmergencyAccessGranted' ORDER BY a.position`,
  ],
  after_leaving_the_team: () => [
    `SELECT DISTINCT ON (a.position) a.person_id, a.unit, 1 AS count, a.position, a.recorded_at,
       past.case_id || ' ' || past.left_at AS occasion
     FROM accesses a
     JOIN client_streams c ON c.stream = a.stream
     CROSS JOIN LATERAL (${idsOfPerson('c.client_id')} SELECT array_agg(client_id::text) AS ids FROM ids) client
     CROSS JOIN LATERAL (
       SELECT t.case_id, t.left_at FROM team_periods t
       WHERE t.client_id = ANY(client.ids) AND t.person_id = a.person_id AND t.left_at < a.position
       ORDER BY t.left_at DESC LIMIT 1
     ) past
     WHERE ${fresh} AND NOT EXISTS (
       SELECT FROM team_periods present
       WHERE present.client_id = ANY(client.ids) AND present.person_id = a.person_id
         AND present.joined_at < a.position AND (present.left_at IS NULL OR present.left_at > a.position)
     )
     ORDER BY a.position, past.left_at DESC`,
  ],
};
