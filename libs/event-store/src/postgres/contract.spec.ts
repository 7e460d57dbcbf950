import { contractCategories, describeEventStoreContract } from '../contract-suite.js';
import { openLogUnderTest } from './log-under-test.js';

describeEventStoreContract('PostgreSQL', async () => {
  const log = await openLogUnderTest();
  const rights = { append: contractCategories, read: contractCategories };
  return {
    store: await log.storeFor({ append: contractCategories, read: 'all' }),
    another: () => log.storeFor(rights),
    restrictedTo: (categories) => log.storeFor({ append: categories, read: categories }),
    close: log.close,
  };
});
