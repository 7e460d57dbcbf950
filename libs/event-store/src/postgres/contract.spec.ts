import { FaultProxy } from '@waymark/testing';
import { contractCategories, describeEventStoreContract } from '../contract-suite.js';
import { openLogUnderTest } from './log-under-test.js';

describeEventStoreContract('PostgreSQL', async () => {
  const log = await openLogUnderTest();
  const lines: FaultProxy[] = [];
  return {
    store: await log.storeFor({ append: contractCategories, read: 'all' }),
    another: () => log.storeFor({ append: contractCategories, read: contractCategories }),
    restrictedTo: (categories) => log.storeFor({ append: categories, read: categories }),
    overLine: async (categories = contractCategories) => {
      const { url } = await log.role({ append: categories, read: categories });
      const { hostname, port } = new URL(url);
      const line = await FaultProxy.open({ host: hostname, port: Number(port) });
      lines.push(line);
      return { line, store: log.openStore(line.through(url)) };
    },
    close: async () => {
      await log.close();
      for (const line of lines) line.close();
    },
  };
});
