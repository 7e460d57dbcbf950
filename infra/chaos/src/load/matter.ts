import { setTimeout as pause } from 'node:timers/promises';
import { concernBody } from '@waymark/demo';
import { referAndWithdraw } from './referral.js';
import { done, field, gone, type Matter } from './steps.js';

/** Plays a matter from its first message as far as it comes: a case, consent, referrals, a withdrawal, an erasure. */
export async function playMatter(matter: Matter): Promise<void> {
  const { caller, book, vignette, random, officer: as } = matter;
  const raised = await done(matter, {
    ...{ what: 'raise', service: 'intake', path: '/v1/concerns', body: concernBody(vignette) },
    ...{ category: 'concern', expects: ['ConcernSubmitted', 'ReceiptIssued'] },
  });
  const [concernId, receipt] = [field(raised, 'concernId'), field(raised, 'receipt')];
  book.receipts.push({ receipt, concernId });
  const onConcern = (step: string, expects: readonly string[], body: object = {}) =>
    done(matter, {
      ...{ what: step, service: 'intake', path: `/v1/concerns/${concernId}/${step}`, as, body },
      ...{ category: 'concern', expects },
    });
  if (random.chance(0.4)) await comeBack(matter, receipt);
  await onConcern('allocation', ['ConcernAllocated']);
  await onConcern('messages', ['OfficerMessageSent', 'FirstResponseGiven'], { text: vignette.text });
  const triage = { priority: 'urgent', riskOfRetaliation: random.chance(0.5), mandatoryReportingExplained: true };
  await onConcern('triage', ['ConcernTriaged'], triage);
  await onConcern('guidance', ['GuidanceGiven'], { avenues: ['ombudsman_mediation'], decision: 'proceed' });
  await onConcern('acceptance', ['ConcernAccepted']);
  const found = await caller.query({ service: 'intake', path: `/v1/concerns/${concernId}`, as });
  const clientId = field(found ?? gone(), 'clientId');
  const caseId = await caseOf(matter, concernId);
  await workOn(matter, caseId);
  await referAndWithdraw(matter, { concernId, receipt, clientId, caseId });
  if (random.chance(0.4)) await beErased(matter, clientId);
}

async function comeBack(matter: Matter, receipt: string): Promise<void> {
  const { caller, vignette } = matter;
  const session = await caller.open({
    service: 'intake',
    path: '/v1/receipt-sessions',
    body: { receipt },
    comesLater: [401],
  });
  const token = field(session ?? gone(), 'token');
  await done(matter, {
    ...{
      what: 'write again',
      service: 'intake',
      path: '/v1/my-concern/messages',
      token,
      body: { text: vignette.text },
    },
    ...{ category: 'concern', expects: ['ReporterMessageReceived'] },
  });
}

/** The case comes by message, sooner or later. */
async function caseOf({ caller, officer: as, goOn }: Matter, concernId: string): Promise<string> {
  for (;;) {
    goOn();
    const answer = await caller.query({ service: 'case', path: `/v1/cases?concernId=${concernId}`, as });
    const items = answer?.body['items'];
    const [first]: readonly { readonly caseId?: string }[] = Array.isArray(items) ? items : [];
    if (first?.caseId !== undefined) return first.caseId;
    await pause(500);
  }
}

async function workOn(matter: Matter, caseId: string): Promise<void> {
  const { random, officer: as, vignette } = matter;
  const risk = { instrument: 'desk-risk', instrumentVersion: '1.0', levels: { safety: 'medium' }, overall: 'high' };
  const onCase = { service: 'case', category: 'case' } as const;
  await done(matter, {
    ...{ ...onCase, what: 'assess risk', path: `/v1/cases/${caseId}/risk-assessments`, as, body: risk },
    expects: ['RiskAssessed'],
  });
  if (random.chance(0.5))
    await done(matter, {
      ...{ ...onCase, what: 'add to team', path: `/v1/cases/${caseId}/team-members`, as: 'ingrid.supervisor' },
      ...{ body: { staffId: '0197d000-0000-7000-8000-000000000099' }, expects: ['TeamMemberAdded'] },
    });
  const note = { noteClass: 'administrative', text: vignette.text };
  await done(matter, {
    ...{ ...onCase, what: 'write note', path: `/v1/cases/${caseId}/notes`, as, body: note },
    expects: ['NoteWritten'],
  });
}

/** The client asks for it, and a supervisor approves. */
async function beErased(matter: Matter, clientId: string): Promise<void> {
  const onClient = { service: 'consent', category: 'consent' } as const;
  await done(matter, {
    ...{ ...onClient, what: 'request erasure', path: `/v1/clients/${clientId}/erasure-requests`, as: matter.officer },
    ...{ body: { way: 'oral' }, expects: ['ErasureRequested'] },
  });
  await done(matter, {
    ...{
      ...onClient,
      what: 'approve erasure',
      path: `/v1/clients/${clientId}/erasure-approval`,
      as: 'tomas.supervisor',
    },
    expects: ['ErasureApproved'],
  });
}
