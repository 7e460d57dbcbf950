import { Type } from '@sinclair/typebox';
import type { SealingContext } from '../code-lists.js';
import { defineMessage } from '../message-contract.js';
import { closed, id, instant } from '../schemas.js';

/** What a context answers when it has destroyed its key of a person. */
export const subjectErasedBy = <Context extends SealingContext>(context: Context) =>
  defineMessage({
    type: `${context}.subject-erased.v1`,
    title: 'A person was erased here',
    summary: 'The context has destroyed its key of the person, and with it everything that it had sealed.',
    key: 'subject',
    schema: Type.Object(
      {
        subjectId: id,
        erasureId: id,
        /** Absent when there was no key. */
        keyMadeAt: Type.Optional(instant),
        destroyedAt: instant,
        /** When the last backup in which the key may still lie has to be gone. */
        backupsExpireAt: instant,
      },
      closed,
    ),
    examples: [
      {
        subjectId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b11',
        erasureId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b50',
        keyMadeAt: '2026-03-02T08:00:00.000Z',
        destroyedAt: '2027-03-02T09:00:00.000Z',
        backupsExpireAt: '2027-04-01T09:00:00.000Z',
      },
    ],
  });
