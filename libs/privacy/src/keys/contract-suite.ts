import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import type { KeyProvider } from './key-provider.js';

/** A provider as the contract wants it. `another` shares nothing with it but the keys, as another process would. */
export interface ProviderUnderContract {
  readonly provider: KeyProvider;
  readonly another: KeyProvider;
  /** Of the same kind, with the keys of another context. */
  readonly ofAnotherContext: KeyProvider;
  /** Takes away what the provider stands on, and gives it back. */
  readonly cut: () => Promise<void>;
  readonly mend: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** The promises of the port as tests that every adapter has to pass. */
export function describeKeyProviderContract(name: string, open: () => Promise<ProviderUnderContract>): void {
  describe(`the key provider contract: ${name}`, () => {
    let under: ProviderUnderContract;
    const plain = randomBytes(32);
    beforeAll(async () => {
      under = await open();
    });
    afterAll(() => under.close());

    it('unwraps what it wrapped, in every process that has its keys', async () => {
      const { wrapped, wrappingKeyId } = await under.provider.wrap(plain);
      expect(wrapped.includes(plain)).toBe(false);
      expect(wrapped.toString('latin1')).not.toContain(plain.toString('base64').slice(0, 40));
      expect(await under.provider.unwrap(wrapped, wrappingKeyId)).toEqual(plain);
      expect(await under.another.unwrap(wrapped, wrappingKeyId)).toEqual(plain);
    });

    it('never wraps twice alike', async () => {
      const [one, two] = await Promise.all([under.provider.wrap(plain), under.provider.wrap(plain)]);
      expect(one.wrapped).not.toEqual(two.wrapped);
    });

    it('wraps with the newest version in every process, and goes on unwrapping with the older ones', async () => {
      const before = await under.provider.wrap(plain);
      const versions = await under.provider.versions();
      expect(versions.current).toBe(before.wrappingKeyId);
      await under.another.rotate();

      const after = await under.provider.wrap(plain);
      expect(await under.provider.versions()).toEqual({
        current: after.wrappingKeyId,
        all: [...versions.all, after.wrappingKeyId],
      });
      for (const { wrapped, wrappingKeyId } of [before, after])
        for (const each of [under.provider, under.another])
          expect(await each.unwrap(wrapped, wrappingKeyId)).toEqual(plain);
    });

    it('wraps nothing that does not unwrap, although the version changes meanwhile', async () => {
      const wrapping = Array.from({ length: 20 }, async (_, turn) => {
        if (turn === 10) await under.another.rotate();
        return under.provider.wrap(plain);
      });
      for (const { wrapped, wrappingKeyId } of await Promise.all(wrapping))
        expect(await under.another.unwrap(wrapped, wrappingKeyId)).toEqual(plain);
    });

    it('wraps the same key again under the current version', async () => {
      const old = await under.provider.wrap(plain);
      await under.provider.rotate();
      const again = await under.another.rewrap(old.wrapped, old.wrappingKeyId);
      expect(again.wrappingKeyId).toBe((await under.provider.versions()).current);
      expect(again.wrappingKeyId).not.toBe(old.wrappingKeyId);
      expect(await under.provider.unwrap(again.wrapped, again.wrappingKeyId)).toEqual(plain);
    });

    it('refuses what was altered or shortened', async () => {
      const { wrapped, wrappingKeyId } = await under.provider.wrap(plain);
      const altered = Buffer.from(wrapped);
      const middle = altered.length - 12;
      altered[middle] = altered[middle] === 0x41 ? 0x42 : 0x41;
      for (const bytes of [altered, wrapped.subarray(0, 20), Buffer.alloc(0)]) {
        await expect(under.provider.unwrap(bytes, wrappingKeyId)).rejects.toMatchObject({ code: 'altered' });
        await expect(under.provider.rewrap(bytes, wrappingKeyId)).rejects.toMatchObject({ code: 'altered' });
      }
    });

    it('refuses a version that it has not, and everything of another context', async () => {
      const foreign = await under.ofAnotherContext.wrap(plain);
      const { wrapped, wrappingKeyId } = await under.provider.wrap(plain);
      const unknown = { code: 'unknown_key' };
      await expect(under.provider.unwrap(wrapped, 'no such key')).rejects.toMatchObject(unknown);
      await expect(under.provider.unwrap(foreign.wrapped, foreign.wrappingKeyId)).rejects.toMatchObject(unknown);
      await expect(under.provider.unwrap(foreign.wrapped, wrappingKeyId)).rejects.toMatchObject({ code: 'altered' });
      await expect(under.ofAnotherContext.unwrap(wrapped, wrappingKeyId)).rejects.toMatchObject(unknown);
    });

    it('is unavailable without what it stands on, says so without any key, and works again by itself', async () => {
      const { wrapped, wrappingKeyId } = await under.provider.wrap(plain);
      await under.cut();
      const refusals = await Promise.all(
        [
          under.provider.wrap(plain),
          under.provider.unwrap(wrapped, wrappingKeyId),
          under.provider.rewrap(wrapped, wrappingKeyId),
          under.provider.rotate(),
          under.provider.versions(),
        ].map((call) => call.then(String, (error: unknown) => error)),
      );
      await under.mend();
      for (const refusal of refusals) {
        expect(refusal).toMatchObject({ name: 'KeyProviderError', code: 'unavailable' });
        expect(String(refusal)).not.toContain(plain.toString('base64'));
      }
      expect(await under.provider.unwrap(wrapped, wrappingKeyId)).toEqual(plain);
    });
  });
}
