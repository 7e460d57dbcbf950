import { FaultProxy } from '@waymark/testing';
import { contractCategories, type ContractCategory } from '../contract-suite.js';
import type { EventStore } from '../port.js';
import { openKurrentEventStore, type KurrentEventStoreOptions } from './kurrent-event-store.js';

/** Stores on the server of a test, and lines with faults that lead to it; `close` ends all of them. */
export function storesOn(url: string) {
  const stores: EventStore[] = [];
  const lines: FaultProxy[] = [];
  const open = (options: Partial<KurrentEventStoreOptions> = {}): EventStore => {
    const store = openKurrentEventStore({ url, ...options });
    stores.push(store);
    return store;
  };
  return {
    open,
    restrictedTo: async (categories: readonly ContractCategory[]) =>
      open({ categories: { append: categories, read: categories } }),
    another: async () => open({ categories: { append: contractCategories, read: contractCategories } }),
    overLine: async (categories: readonly ContractCategory[] = contractCategories) => {
      const address = /(?<=[@/])([\w.-]+):(\d+)(?=[/?]|$)/;
      const [, host = '', port] = address.exec(url) ?? [];
      const line = await FaultProxy.open({ host, port: Number(port) });
      lines.push(line);
      const through = url.replace(address, `${line.host}:${line.port}`);
      return { line, store: open({ url: through, categories: { append: categories, read: categories } }) };
    },
    close: async (): Promise<void> => {
      for (const line of lines) line.close();
      await Promise.all(stores.map((store) => store.close()));
    },
  };
}
