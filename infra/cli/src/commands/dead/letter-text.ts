import type { DeadLetter } from '@waymark/messaging';
import { columns } from '../../terminal.js';

/** A dead letter as JSON tells it. Bytes that are no text are told in base64. */
export const asJson = ({ value, stack, firstFailedAt, failedAt, closedAt, ...letter }: DeadLetter) => ({
  ...letter,
  firstFailedAt: firstFailedAt.toISOString(),
  failedAt: failedAt.toISOString(),
  closedAt: closedAt?.toISOString() ?? null,
  stack,
  ...contentOf(value),
});

/** A message holds ids, codes and times, never sealed text; a record that nobody could read may hold anything. */
function contentOf(value: Buffer): { readonly message: unknown } | { readonly base64: string } {
  try {
    return { message: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(value)) };
  } catch {
    return { base64: value.toString('base64') };
  }
}

// What a message brings could move the cursor or colour what follows.
const plain = (text: string): string => text.replace(/[^\P{C}\n]/gu, '\ufffd');

const placeOf = ({ origin }: DeadLetter): string => `${origin.topic}/${origin.partition} at ${origin.offset}`;

export function listText(letters: readonly DeadLetter[]): string {
  if (letters.length === 0) return 'No dead letters\n';
  const rows = letters.map((letter) => [
    letter.id,
    letter.consumer,
    letter.outcome ?? 'open',
    letter.reason,
    letter.type ?? '-',
    letter.subject === null ? placeOf(letter) : `${letter.subject} ${letter.sequence}`,
    String(letter.attempts),
    letter.firstFailedAt.toISOString(),
  ]);
  return plain(
    columns([['id', 'consumer', 'state', 'reason', 'type', 'subject and sequence', 'tries', 'since'], ...rows]),
  );
}

export function letterText(letter: DeadLetter, behind: number): string {
  const content = contentOf(letter.value);
  const rows = [
    ['id', letter.id],
    ['consumer', letter.consumer],
    ['state', letter.closedAt === null ? 'open' : `${letter.outcome} ${letter.closedAt.toISOString()}`],
    ['reason', letter.reason],
    ['detail', letter.detail ?? '-'],
    ['message', letter.messageId ?? '-'],
    ['type', letter.type ?? '-'],
    ['source', letter.source ?? '-'],
    ['subject', letter.subject ?? '-'],
    ['sequence', letter.sequence === null ? '-' : String(letter.sequence)],
    ['lay on', placeOf(letter)],
    ['tries', String(letter.attempts)],
    ['first failed', letter.firstFailedAt.toISOString()],
    ['last failed', letter.failedAt.toISOString()],
    ['behind it', `${behind} of the same key`],
  ];
  const lines = rows.map(([name = '', value = '']) => `  ${name.padEnd(12)}  ${value}\n`).join('');
  const body = 'message' in content ? JSON.stringify(content.message, undefined, 2) : `base64 ${content.base64}`;
  return plain(`${lines}\n${body}\n${letter.stack === null ? '' : `\n${letter.stack}\n`}`);
}
