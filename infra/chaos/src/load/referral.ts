import { setTimeout as pause } from 'node:timers/promises';
import { done, field, gone, type Matter } from './steps.js';

interface CaseInHand {
  readonly concernId: string;
  readonly receipt: string;
  readonly clientId: string;
  readonly caseId: string;
}

/** Its unit, and who opens the packages there. */
const recipients: readonly [Recipient, ...Recipient[]] = [
  { unit: 'ombudsman', person: 'olivier.ombudsman' },
  { unit: 'ethics_office', person: 'elena.ethics' },
  { unit: 'staff_counsellor', person: 'sofia.counsellor' },
];

interface Recipient {
  readonly unit: string;
  readonly person: string;
}

const categories = ['matter_summary', 'contact'];

/** A referral with and sometimes first without consent; the unit opens it; sometimes the client withdraws. */
export async function referAndWithdraw(matter: Matter, inHand: CaseInHand): Promise<void> {
  const { random, officer: as } = matter;
  const { unit, person } = random.oneOf(recipients);
  const body = { caseId: inHand.caseId, unit, service: 'mediation', purpose: 'mediation', urgency: 'urgent' };
  const ofReferral = { service: 'referral', category: 'referral' } as const;
  const drafted = await done(matter, {
    ...{ ...ofReferral, what: 'draft referral', path: '/v1/referrals', as, comesLater: [404] },
    ...{ body: { ...body, package: categories.map((category) => ({ category, content: matter.vignette.text })) } },
    expects: ['ReferralDrafted'],
  });
  const path = `/v1/referrals/${field(drafted, 'referralId')}`;
  const sending = { ...ofReferral, what: 'send referral', path: `${path}/sending`, as, expects: ['ReferralSent'] };
  if (random.chance(0.25)) {
    matter.goOn();
    await matter.caller.command({ ...sending, what: 'send without consent' });
  }
  const consentId = await consent(matter, inHand, unit);
  await done(matter, sending);
  const byUnit = (step: string, type: string) =>
    done(matter, { ...ofReferral, what: step, path: `${path}/${step}`, as: person, expects: [type] });
  await byUnit('acknowledgement', 'ReferralAcknowledged');
  await open(matter, `${path}/openings`, person);
  if (random.chance(0.5)) await byUnit('acceptance', 'ReferralAccepted');
  if (!random.chance(0.5)) return;
  await withdraw(matter, inHand, consentId);
  await open(matter, `${path}/openings`, person);
}

async function consent(matter: Matter, { clientId }: CaseInHand, recipient: string): Promise<string> {
  const given = await done(matter, {
    ...{ what: 'give consent', service: 'consent', path: `/v1/clients/${clientId}/consents`, as: matter.officer },
    ...{ category: 'consent', expects: ['ConsentGiven'], comesLater: [404] },
    body: {
      ...{ recipient, purpose: 'mediation', categories, form: 'electronic', language: 'en', capacity: 'self' },
      validUntil: new Date(Date.now() + 90 * 86_400_000).toISOString(),
      explained: 'Who will see it, what for, until when, and that it can be withdrawn at any time.',
    },
  });
  return field(given, 'consentId');
}

/** Each opening is a command of its own, authorised anew; a refusal is an answer like another. */
async function open(matter: Matter, path: string, as: string): Promise<void> {
  matter.goOn();
  await matter.caller.command({
    ...{ what: 'open package', service: 'referral', path, as, once: true },
    ...{ category: 'referral', expects: ['ReferralPackageOpened'] },
  });
}

/** By the client, where the receipt is theirs, else as told to the officer. */
async function withdraw(matter: Matter, { receipt, clientId }: CaseInHand, consentId: string): Promise<void> {
  const withdrawal = {
    what: 'withdraw',
    service: 'consent',
    category: 'consent',
    expects: ['ConsentWithdrawn', 'SuspensionsRequested'],
  };
  if (matter.vignette.reporterRelation !== 'affected_person') {
    const path = `/v1/clients/${clientId}/consents/${consentId}/withdrawal`;
    await done(matter, { ...withdrawal, path, as: matter.officer, body: { way: 'oral' } });
    return;
  }
  const token = await clientToken(matter, receipt);
  await done(matter, { ...withdrawal, path: `/v1/my-consents/${consentId}/withdrawal`, token });
}

/** The receipt becomes the client's when the news of the case has come back. */
async function clientToken({ caller, goOn }: Matter, receipt: string): Promise<string> {
  for (;;) {
    goOn();
    const session = await caller.open({
      service: 'intake',
      path: '/v1/receipt-sessions',
      body: { receipt },
      comesLater: [401],
    });
    if (session === undefined || session.status >= 300) return gone();
    if (session.body['scope'] === 'client') return field(session, 'token');
    await pause(500);
  }
}
