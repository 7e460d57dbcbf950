import { AsyncLocalStorage } from 'node:async_hooks';

const underWay = new AsyncLocalStorage<Set<string>>();

/** Remembers, for the request under way, that the policies were asked about an action. */
export const noteDecision = (action: string): void => void underWay.getStore()?.add(action);

/** Does `work` and adds to `asked` every action that the policies are asked about meanwhile. */
export const notingDecisions = <Result>(asked: Set<string>, work: () => Promise<Result>): Promise<Result> =>
  underWay.run(asked, work);
