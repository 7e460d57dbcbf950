import type { Adapter, AdapterPayload } from 'oidc-provider';

interface Entry {
  readonly payload: AdapterPayload;
  readonly expires: number;
}

/**
 * Keeps sessions, codes and refresh tokens in memory: a restart signs everybody out, which is fine for a demo. Access tokens are
 * JWTs and not kept at all.
 */
export function createMemoryStore(): (model: string) => Adapter {
  const entries = new Map<string, Entry>();
  let nextSweep = 0;

  const sweep = () => {
    const now = Date.now();
    if (now < nextSweep) return;
    nextSweep = now + 60_000;
    for (const [key, entry] of entries) if (entry.expires <= now) entries.delete(key);
  };
  const live = (key: string): AdapterPayload | undefined => {
    const entry = entries.get(key);
    return entry && entry.expires > Date.now() ? entry.payload : undefined;
  };

  return (model) => {
    const prefix = `${model}:`;
    const find = async (matches: (payload: AdapterPayload) => boolean) => {
      const key = [...entries.keys()].find((candidate) => {
        const payload = candidate.startsWith(prefix) ? live(candidate) : undefined;
        return payload !== undefined && matches(payload);
      });
      return key === undefined ? undefined : live(key);
    };
    return {
      async upsert(id, payload, expiresIn) {
        sweep();
        const expires = expiresIn === undefined ? Number.POSITIVE_INFINITY : Date.now() + expiresIn * 1_000;
        entries.set(prefix + id, { payload, expires });
      },
      find: async (id) => live(prefix + id),
      findByUid: (uid) => find((payload) => payload.uid === uid),
      findByUserCode: (userCode) => find((payload) => payload.userCode === userCode),
      async consume(id) {
        const payload = live(prefix + id);
        if (payload) payload.consumed = Math.floor(Date.now() / 1_000);
      },
      async destroy(id) {
        entries.delete(prefix + id);
      },
      async revokeByGrantId(grantId) {
        for (const [key, { payload }] of entries) {
          if (key.startsWith(prefix) && payload.grantId === grantId) entries.delete(key);
        }
      },
    };
  };
}
