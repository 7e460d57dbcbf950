import type { LetterOrderKind, LetterOrderResult, Withdrawn } from '@waymark/messaging';
import { notDoneYet, withdrawnText } from '../ordering.js';

/** What came of an order about a dead letter; undefined when nobody has carried it out. */
export type Came = LetterOrderResult | Withdrawn | undefined;

export function textOf(result: Came, orderId: string, kind: LetterOrderKind): string {
  switch (result?.outcome) {
    case undefined:
      return notDoneYet(orderId);
    case 'withdrawn':
      return withdrawnText(result);
    case 'closed_before':
      return `Nothing done: it was ${result.as ?? 'closed'} before.`;
    case 'not_first':
      return `Nothing done: ${result.first} comes before it and holds up the same key.`;
    case 'gap_before':
      return `Nothing done: messages before it have not come; the last that did was number ${result.last}. If they are lost for good, say so first, with redrive --go-on.`;
    case 'failed':
      return `Nothing done: ${result.error}.`;
    case 'done': {
      const gaveUp = kind === 'go_on' ? gaveUpText(result.gaveUp) : '';
      const handled = `${gaveUp}${result.redriven} messages have had their effect`;
      if (!result.stoppedAt) return `Done. ${handled}; nothing holds up their key.`;
      return `${handled}. Stopped at ${result.stoppedAt.deadLetterId}: ${result.stoppedAt.reason}.`;
    }
  }
}

const gaveUpText = (gaveUp: { readonly from: number; readonly to: number } | undefined): string =>
  gaveUp
    ? `Given up: numbers ${gaveUp.from} to ${gaveUp.to}. `
    : 'No message is missing before it, so none was given up. ';
