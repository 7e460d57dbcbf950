import { Type } from '@sinclair/typebox';
import { digestOf, type PolicySources } from '@waymark/access';
import { closed, formed } from '@waymark/contracts';
import { declareEvents, versionToWrite } from '@waymark/event-sourcing';
import { type EventStore, EventStoreError } from '@waymark/event-store';
import { derivedId } from '@waymark/messaging';
import type { Clock } from '../clock.js';
import { operationsOf } from '../operations.js';

/** Text of a release, about nobody: printable ASCII and line ends. */
const cedar = formed(/^[\t\n\r\x20-\x7e]*$/, 'permit (principal, action, resource);');

/** By which policies a service has decided, and since when: the whole set, so that it can be asked about the past. */
export const policyEvents = declareEvents({
  PolicySetInForce: {
    version: 1,
    data: {
      digest: formed(/^[0-9a-f]{64}$/, '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'),
      schema: cedar,
      files: Type.Array(Type.Object({ name: formed(/^[a-z]+(-[a-z]+)*\.cedar$/, 'case.cedar'), text: cedar }, closed)),
    },
    sealed: {},
  },
});

/** The stream in which a service notes the policies that it decides by. */
export const policiesOf = (service: string): string => `${operationsOf(service)}-policies`;

/**
 * Notes in the log the policies that a service decides by from now on, unless they are those that it has noted last. Of several
 * instances that start at once one notes them.
 */
export async function notePolicies(
  service: string,
  sources: PolicySources,
  { store, clock }: { readonly store: Pick<EventStore, 'append' | 'readStream'>; readonly clock: Clock },
): Promise<void> {
  const digest = digestOf(sources);
  const stream = policiesOf(service);
  for (;;) {
    const last = await lastOf(store, stream);
    if (last && 'digest' in last.data && last.data.digest === digest) return;
    const revision = last?.revision ?? -1;
    const id = derivedId('policies in force', service, String(revision + 1), digest);
    const files = Object.entries(sources.files).map(([name, text]) => ({ name, text }));
    const data = { digest, schema: sources.schema, files };
    const schemaVersion = versionToWrite(policyEvents, 'PolicySetInForce', data);
    const actor = { kind: 'service', id: service };
    const metadata = { actor, correlationId: id, causationId: id, occurredAt: clock.now() };
    const event = { id, type: 'PolicySetInForce', schemaVersion, data, metadata };
    try {
      await store.append(stream, revision < 0 ? 'none' : revision, [event]);
      return;
    } catch (error) {
      // Another instance was faster, of this release or of another: what it noted decides whether this is still to be said.
      if (!(error instanceof EventStoreError) || error.code !== 'wrong_expected_revision') throw error;
    }
  }
}

async function lastOf(store: Pick<EventStore, 'readStream'>, stream: string) {
  for await (const event of store.readStream(stream, { direction: 'backwards', limit: 1 })) return event;
  return undefined;
}
