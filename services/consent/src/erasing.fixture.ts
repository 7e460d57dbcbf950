import { randomUUID } from 'node:crypto';
import {
  caseMessages,
  type DataOf,
  intakeMessages,
  type MessageContract,
  referralMessages,
  topicOf,
} from '@waymark/contracts';
import type { Message } from '@waymark/messaging';
import type { ShutOut } from '@waymark/service-kit';
import { marksOf, type Stage } from '@waymark/stage';
import { eventually } from '@waymark/testing';
import { caseOpened, type ConsentStage, untilHeard } from './consent.fixture.js';

/** What the other contexts say once they have destroyed their keys. */
export async function othersAnswer(stage: Stage, personId: string, erasureId: string): Promise<void> {
  const contracts = { intake: intakeMessages, case: caseMessages, referral: referralMessages } as const;
  for (const context of ['intake', 'case', 'referral'] as const) {
    const time = stage.clock.now();
    const message: Message = {
      ...{ specversion: '1.0', id: randomUUID(), source: `/waymark/${context}`, subject: personId, time },
      ...{ type: contracts[context].subjectErased.type, datacontenttype: 'application/json', sequence: 1 },
      ...{ correlationid: randomUUID(), causationid: randomUUID() },
      data: { subjectId: personId, erasureId, destroyedAt: time, backupsExpireAt: '2031-01-01T00:00:00.000Z' },
    };
    await stage.busOf(context).publish(topicOf(context), [message, { ...message, sequence: 1 }]);
  }
}

/** What intake says first of a concern. */
export function saidByIntake<Contract extends MessageContract>(
  stage: Stage,
  contract: Contract,
  data: DataOf<Contract> & { readonly concernId: string },
): Message {
  return {
    ...{ specversion: '1.0', id: randomUUID(), source: '/waymark/intake', subject: data.concernId, sequence: 1 },
    ...{ type: contract.type, datacontenttype: 'application/json', time: stage.clock.now() },
    ...{ correlationid: randomUUID(), causationid: randomUUID(), data },
  };
}

/** Says it in the name of intake, more than once; resolves when consent has heard it. */
export async function tellFromIntake(stage: Stage, message: Message): Promise<void> {
  await stage.busOf('intake').publish(topicOf('intake'), [message, message]);
  await untilHeard(stage, message);
}

/** Intake has two ids of one person. */
export function linkIds(stage: Stage, clientId: string, earlierClientId: string): Promise<void> {
  const ids = { concernId: randomUUID(), linkId: randomUUID(), clientId, earlierClientId };
  return tellFromIntake(stage, saidByIntake(stage, intakeMessages.concernLinked, ids));
}

/** Somebody who reported about a client. */
export interface Reported {
  readonly reporterId: string;
  readonly clientId: string;
  readonly concernId: string;
}

/** Intake tells, more than once, that a reporter asks to be erased. */
export async function reporterAsks(
  stage: ConsentStage,
  excluded: Partial<ShutOut> = {},
  requestedBy = stage.idOf('amina.officer'),
): Promise<Reported> {
  const ids = { concernId: randomUUID(), clientId: randomUUID(), reporterId: randomUUID() };
  const shutOut = marksOf(stage, ids.concernId, excluded);
  const marks = shutOut.length > 0 ? { shutOut: [...shutOut] } : {};
  const told = { ...ids, way: 'oral' as const, requestedBy, ...marks };
  const message = saidByIntake(stage, intakeMessages.reporterErasureRequested, told);
  await stage.busOf('intake').publish(topicOf('intake'), [message, message]);
  await eventually(async () => (await stage.eventsOf(ids.reporterId)).length === 1);
  return ids;
}

/** A case follows from the concern, whose reporter shuts out nobody, or from another of the same client. */
export function caseFollows(
  stage: ConsentStage,
  { clientId }: Pick<Reported, 'clientId'>,
  excluded: Partial<ShutOut> = {},
): Promise<void> {
  const officerId = stage.idOf('amina.officer');
  const aCase = { caseId: randomUUID(), concernId: randomUUID(), clientId, officerId };
  return stage.tell(caseOpened(aCase, marksOf(stage, aCase.concernId, excluded)));
}
