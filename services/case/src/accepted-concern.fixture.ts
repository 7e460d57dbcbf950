import { randomUUID } from 'node:crypto';
import { intakeMessages, topicOf } from '@waymark/contracts';
import { type Bus, derivedId, type Message } from '@waymark/messaging';
import type { Stage } from '@waymark/stage';
import { eventually } from '@waymark/testing';

/** What intake says when it accepts a concern. */
export function concernAccepted(
  concern: {
    readonly concernId: string;
    readonly clientId: string;
    readonly officerId: string;
    readonly shutOut?: readonly string[];
  },
  sequence = 1,
): Message {
  const id = randomUUID();
  const time = '2026-03-02T07:59:00.000Z';
  return {
    specversion: '1.0',
    id,
    source: '/waymark/intake',
    type: intakeMessages.concernAccepted.type,
    subject: concern.concernId,
    time,
    datacontenttype: 'application/json',
    sequence,
    correlationid: randomUUID(),
    causationid: randomUUID(),
    data: { ...concern, acceptedAt: time },
  };
}

export interface OpenedCase {
  readonly caseId: string;
  readonly concernId: string;
  readonly clientId: string;
}

/** A concern of a new client, accepted by amina.officer unless another is named. */
export const newConcern = (stage: Stage, officer = 'amina.officer') => ({
  concernId: randomUUID(),
  clientId: randomUUID(),
  officerId: stage.idOf(officer),
});

/** Publishes that a concern was accepted and waits until its case can be read. */
export async function openCaseFor(stage: Stage, intakeBus: Bus, officer = 'amina.officer'): Promise<OpenedCase> {
  const concern = newConcern(stage, officer);
  await intakeBus.publish(topicOf('intake'), [concernAccepted(concern)]);
  const caseId = derivedId('case', concern.concernId);
  await eventually(async () => {
    const { status } = await stage.ask('case', 'GET', `/v1/cases/${caseId}`, { as: officer });
    return status === 200;
  });
  return { caseId, concernId: concern.concernId, clientId: concern.clientId };
}

/** Types of the events of a case, in order. */
export async function eventsOf(stage: Stage, caseId: string): Promise<readonly string[]> {
  const types: string[] = [];
  for await (const { type } of stage.log.readStream(`case-${caseId}`)) types.push(type);
  return types;
}
