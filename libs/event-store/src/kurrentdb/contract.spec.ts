import { KurrentPeer } from '@waymark/testing';
import { describeEventStoreContract } from '../contract-suite.js';
import { storesOn } from './stores-under-test.js';

const server = process.env.KURRENTDB_URL;

/** A real server where one is named, with its own limits, else the stand-in with these limits. */
describeEventStoreContract(server ? 'KurrentDB' : 'KurrentDB, played by a peer', async () => {
  const peer = server ? undefined : await KurrentPeer.start();
  const { open, another, restrictedTo, overLine, close } = storesOn(server ?? peer?.url ?? '');
  return {
    store: open(),
    another,
    restrictedTo,
    overLine,
    weaknesses: ['ids_per_stream', 'small_appends'],
    close: async () => {
      await close();
      peer?.stop();
    },
  };
});
