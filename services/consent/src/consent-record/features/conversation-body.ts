import {
  capacities,
  dataCategories,
  languageTag,
  purposes,
  units,
  type Capacity,
  type DataCategory,
  type Purpose,
  type Unit,
} from '@waymark/contracts';
import { Code, Codes, Pattern, Text } from '@waymark/service-kit';
import type { Conversation, Scope } from '../domain/consent-record.events.js';

/** To whom, what for, and what. */
export class ScopeBody {
  @Code(units, { description: 'Who may get it' }) recipient: Unit;
  @Code(purposes) purpose: Purpose;
  @Codes(dataCategories, { min: 1, description: 'What of it; nothing else may be disclosed' })
  categories: DataCategory[];
}

/** What the client was asked, and how. */
export class ConversationBody extends ScopeBody {
  @Pattern(languageTag, { description: 'Spoken with the client; BCP 47', example: 'ar' })
  language: string;
  @Text({ optional: true, max: 200 }) interpreter?: string;
  @Text({ max: 4000, description: 'What was explained to the client before they decided' }) explained: string;
  @Code(capacities, { description: 'Who decided: the client, the client with support, a guardian' })
  capacity: Capacity;
}

/** The body as the domain takes it; fields left out stay absent. */
export function askedOf(body: ConversationBody): Scope & Conversation {
  const { recipient, purpose, categories, language, interpreter, explained, capacity } = body;
  return {
    recipient,
    purpose,
    categories,
    language,
    ...(interpreter === undefined ? {} : { interpreter }),
    explained,
    capacity,
  };
}
