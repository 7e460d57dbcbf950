import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { ReceiptAccount } from './account.js';
import { isFields, text, type Fields, type ReceiptShown } from './evidence.js';

export interface Doors {
  readonly intakeUrl: string;
  readonly consentUrl: string;
}

interface Answer {
  readonly status: number;
  readonly retryAfter: number;
  readonly body: Fields;
}

const mostTries = 40;

/** Asks until it is neither throttled nor told that something is away for the moment. */
async function ask(url: string, request: RequestInit): Promise<Answer> {
  for (let tries = 1; ; tries += 1) {
    const answer = await fetch(url, { ...request, signal: AbortSignal.timeout(20_000) }).catch(() => undefined);
    const body: unknown = await answer?.json().catch(() => undefined);
    const retryAfter = Number(answer?.headers.get('retry-after') ?? 1);
    const status = answer?.status ?? 0;
    const again = status === 0 || status === 429 || status >= 500;
    if (!again || tries === mostTries) return { status, retryAfter, body: isFields(body) ? body : {} };
    await pause(Math.min(retryAfter, 5) * 1_000);
  }
}

/** Shows each receipt at the door, as whoever holds it would; a client's also opens the ledger. */
export async function showReceipts(
  receipts: readonly ReceiptAccount[],
  { intakeUrl, consentUrl }: Doors,
): Promise<readonly ReceiptShown[]> {
  const shown: ReceiptShown[] = [];
  for (const { receipt, concernId } of receipts) {
    // Everybody comes from a line of their own, so that nobody is throttled for another.
    const address = `2001:db8:${randomUUID().slice(0, 4)}:${randomUUID().slice(0, 4)}::1`;
    const session = await ask(`${intakeUrl}/v1/receipt-sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
      body: JSON.stringify({ receipt }),
    });
    if (session.status !== 200) {
      shown.push({ concernId, fault: `answered ${session.status} ${text(session.body, 'code')}` });
      continue;
    }
    const headers = { authorization: `Bearer ${text(session.body, 'token')}` };
    const concern = await ask(`${intakeUrl}/v1/my-concern`, { headers });
    const opened = text(concern.body, 'concernId');
    const fault = opened === concernId ? undefined : `opens ${opened || `nothing (${concern.status})`}`;
    const ledger = text(session.body, 'scope') === 'client' ? await ledgerOf(consentUrl, headers) : undefined;
    shown.push({ concernId, fault, ...(ledger ? { ledger } : {}) });
  }
  return shown;
}

async function ledgerOf(consentUrl: string, headers: Record<string, string>): Promise<readonly string[]> {
  const { status, body } = await ask(`${consentUrl}/v1/my-ledger?limit=100`, { headers });
  const items = body['items'];
  return Array.isArray(items) ? items.map((item: Fields) => text(item, 'disclosureId')) : [`answered ${status}`];
}
