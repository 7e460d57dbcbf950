import { createHash, timingSafeEqual } from 'node:crypto';
import type { DemoPerson } from './demo-people.js';

export interface PeopleDirectory {
  readonly people: readonly DemoPerson[];
  byId(id: string): DemoPerson | undefined;
  /** Nothing for an unknown name and for a wrong password alike. */
  authenticate(username: string | undefined, password: string | undefined): DemoPerson | undefined;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

export function createDirectory(people: readonly DemoPerson[]): PeopleDirectory {
  const ids = new Map(people.map((person) => [person.id, person]));
  const usernames = new Map(people.map((person) => [person.username, person]));
  return {
    people,
    byId: (id) => ids.get(id),
    authenticate(username = '', password = '') {
      const person = usernames.get(username.trim().toLowerCase());
      const equal = timingSafeEqual(digest(password), digest(person?.password ?? ''));
      return equal && password !== '' ? person : undefined;
    },
  };
}
