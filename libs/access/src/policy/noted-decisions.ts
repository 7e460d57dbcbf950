import { AsyncLocalStorage } from 'node:async_hooks';

/** What the policies say of somebody, an action and a thing; `hidden` when not even that it exists may be told. */
export type Outcome = 'allow' | 'deny' | 'hidden';

/** What the policies said first about each action: first they are asked about the thing that the request names. */
export type NotedDecisions = Map<string, Outcome>;

const underWay = new AsyncLocalStorage<NotedDecisions>();

/** Remembers, for the request under way, what the policies said when they were first asked about an action. */
export function noteDecision(action: string, { outcome }: { readonly outcome: Outcome }): void {
  const noted = underWay.getStore();
  if (noted && !noted.has(action)) noted.set(action, outcome);
}

/** Does `work` and adds to `noted` what the policies say meanwhile. */
export const notingDecisions = <Result>(noted: NotedDecisions, work: () => Promise<Result>): Promise<Result> =>
  underWay.run(noted, work);
