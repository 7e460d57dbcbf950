import { setTimeout as pause } from 'node:timers/promises';
import { KeyProviderError } from '../key-errors.js';
import type { VaultDoor } from './vault-door.js';
import { numberIn, partOf } from './vault-answer.js';
import type { VaultOptions } from './vault-options.js';

const second = 1_000;
const hour = 3_600 * second;

/** Keeps our token alive until stopped: renewed when half of its time is over, if it can be. One that cannot is looked at hourly. */
export function keepToken(door: VaultDoor, onTrouble: VaultOptions['onTrouble']): () => Promise<void> {
  const ending = new AbortController();
  const { signal } = ending;
  const keep = async (): Promise<void> => {
    while (!signal.aborted) {
      const wait = await renewed(door).catch((error: unknown) => {
        onTrouble?.('the token of the key service could not be renewed', error);
        return 5 * second;
      });
      await pause(Math.min(Math.max(wait, second), hour), undefined, { signal, ref: false }).catch(() => undefined);
    }
  };
  const keeping = keep();
  return async () => {
    ending.abort();
    await keeping;
  };
}

/** Milliseconds after which to come again. */
async function renewed(door: VaultDoor): Promise<number> {
  const token = partOf(await door.ask('GET', 'auth/token/lookup-self'), 'data');
  const seconds = numberIn(token, 'ttl');
  if (Reflect.get(token, 'renewable') !== true || seconds === 0) return hour;
  const renewal = partOf(await door.ask('POST', 'auth/token/renew-self', { body: {}, once: true }), 'auth');
  const lease = numberIn(renewal, 'lease_duration');
  if (lease === 0) throw new KeyProviderError('unexpected', 'the token was renewed for no time');
  return (lease * second) / 2;
}
