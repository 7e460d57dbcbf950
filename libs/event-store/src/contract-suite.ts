import { afterAll, beforeAll, describe } from '@jest/globals';
import { describeAppending } from './contract/appending.js';
import type { LogUnderContract } from './contract/log-under-contract.js';
import { describeReading } from './contract/reading.js';
import { describeRefusing } from './contract/refusing.js';
import { describeSubscribing } from './contract/subscribing.js';

export {
  contractCategories,
  type ContractCategory,
  type LogUnderContract,
  type Weakness,
} from './contract/log-under-contract.js';

/**
 * The promises of the port as tests that every adapter has to pass. `open` is called once, before the first of them; the log
 * may hold events already, and nobody else may write to it meanwhile.
 */
export function describeEventStoreContract(name: string, open: () => Promise<LogUnderContract>): void {
  describe(`the event store contract: ${name}`, () => {
    let log: LogUnderContract;
    beforeAll(async () => {
      log = await open();
    });
    afterAll(() => log.close());
    const opened = (): LogUnderContract => log;

    describeAppending(opened);
    describeReading(opened);
    describeSubscribing(opened);
    describeRefusing(opened);
  });
}
