import { demand, demandStatus, type Step } from '../world.js';

interface Line {
  readonly position: string;
  readonly type: string;
  readonly actor: { readonly kind: string; readonly id: string };
  readonly recordedAt: string;
}

const expected = [
  'ConcernSubmitted',
  'ReporterMessageReceived',
  'ConcernAllocated',
  'OfficerMessageSent',
  'FirstResponseGiven',
  'ConcernTriaged',
  'GuidanceGiven',
  'ConcernAccepted',
  'CaseOpened',
  'RiskAssessed',
  'TeamMemberAdded',
  'ReferralDrafted',
  'ReferralBlocked',
  'ConsentGiven',
  'DisclosureRecorded',
  'ReferralSent',
  'ReferralPackageOpened',
  'ReferralAcknowledged',
  'ReferralAccepted',
  'ConsentWithdrawn',
  'ReferralSuspended',
];

export const auditReplays: Step = {
  title: 'The auditor replays the case: every event in order with who, when and why, and its state as of any moment',
  play: async (world) => {
    const { http, caseId } = world;
    const as = 'jonas.auditor';
    demandStatus(
      await http.get('audit', `/v1/cases/${caseId}/timeline`, { as: 'amina.officer' }),
      403,
      'an officer reading the audit',
    );
    const timeline = await http.all('audit', `/v1/cases/${caseId}/timeline`, { as });
    demandStatus(timeline.last, 200, 'the timeline');
    const streams: readonly { intact: boolean }[] = timeline.last.body.streams;
    demand(
      streams.length > 0 && streams.every(({ intact }) => intact),
      'a stream is not as it was written',
      timeline.last,
    );
    const lines: readonly Line[] = timeline.items;
    demand(
      lines.every((line, index) => index === 0 || BigInt(line.position) > BigInt(lines[index - 1]?.position ?? 0)),
      'the timeline is not in the order of the log',
    );
    demand(
      lines.every(({ actor, recordedAt }) => actor.id !== '' && recordedAt !== ''),
      'a line does not say who or when',
    );
    const types = lines.map(({ type }) => type);
    let from = 0;
    for (const type of expected) {
      const found = types.indexOf(type, from);
      demand(found >= 0, `${type} is missing or out of order: ${types.join(' ')}`);
      from = found + 1;
    }
    demand(types.filter((type) => type === 'CaseOpened').length === 1, 'more than one case was opened');
    const before = demandStatus(
      await http.get('audit', `/v1/cases/${caseId}/state?at=${encodeURIComponent(world.beforeWithdrawal)}`, { as }),
      200,
      'the state before',
    );
    const now = demandStatus(
      await http.get('audit', `/v1/cases/${caseId}/state?at=${encodeURIComponent(new Date().toISOString())}`, { as }),
      200,
      'the state now',
    );
    const statusOf = (answer: typeof now) =>
      answer.body.referrals.find((each: { referralId: string }) => each.referralId === world.referralId)?.status;
    demand(statusOf(before) === 'accepted', 'before the withdrawal the referral was accepted', before);
    demand(statusOf(now) === 'suspended_consent_withdrawn', 'now the referral is suspended', now);
    return `${lines.length} events in order`;
  },
};
