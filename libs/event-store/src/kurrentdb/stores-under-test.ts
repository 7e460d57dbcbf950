import { contractCategories, type ContractCategory } from '../contract-suite.js';
import type { EventStore } from '../port.js';
import { openKurrentEventStore, type KurrentEventStoreOptions } from './kurrent-event-store.js';

/** Stores for a test, which `close` closes together. */
export function storesOn(url: string) {
  const stores: EventStore[] = [];
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
    close: async (): Promise<void> => void (await Promise.all(stores.map((store) => store.close()))),
  };
}
