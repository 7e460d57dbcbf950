import type { Fact } from './fact.js';
import { textIn } from './fields.js';

/** Every id of the person who has this one, as far as these facts tell. The stream of each id tells to which others it is linked. */
export function linkedIds(facts: readonly Fact[], clientId: string): readonly string[] {
  const links = facts.filter(({ type }) => type === 'ClientsLinked');
  const found = [clientId];
  for (const id of found)
    for (const link of links) {
      const other = textIn(link.data, 'linkedClientId');
      if (link.stream === `consent-${id}` && other !== undefined && !found.includes(other)) found.push(other);
    }
  return found;
}
