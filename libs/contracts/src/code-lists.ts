// The code lists of the domain, in the order in which people should see them.

export const channels = [
  'portal',
  'helpline',
  'email',
  'phone',
  'video_call',
  'in_person',
  'peer_advisor',
  'manager',
  'other_unit',
] as const;
export type Channel = (typeof channels)[number];

export const concernKinds = [
  'support_request',
  'concern_report',
  'navigation_question',
  'manager_consultation',
  'third_party_referral',
  'crisis',
] as const;
export type ConcernKind = (typeof concernKinds)[number];

export const identities = ['anonymous', 'confidential', 'named'] as const;
export type Identity = (typeof identities)[number];

export const reporterRelations = [
  'affected_person',
  'witness',
  'supervisor',
  'colleague',
  'family',
  'other',
  'unknown',
] as const;
export type ReporterRelation = (typeof reporterRelations)[number];

export const matters = [
  'sexual_harassment',
  'sexual_exploitation',
  'sexual_abuse',
  'harassment',
  'discrimination',
  'abuse_of_authority',
  'retaliation',
  'fraud',
  'corruption',
  'domestic_violence',
  'personal_crisis',
  'other',
] as const;
export type Matter = (typeof matters)[number];

export const behaviours = [
  'comments_or_jokes',
  'messages_or_images',
  'staring_or_gestures',
  'touching',
  'sexual_advance',
  'quid_pro_quo',
  'stalking',
  'sexual_violence',
  'physical_violence',
  'psychological_violence',
  'economic_violence',
  'symbolic_violence',
  'threat',
  'humiliation',
  'exclusion',
  'obstruction_of_work',
  'defamation',
  'other',
] as const;
export type Behaviour = (typeof behaviours)[number];

export const occurrences = ['single', 'repeated', 'ongoing'] as const;
export type Occurrence = (typeof occurrences)[number];

export const allegedRelations = [
  'supervisor',
  'peer',
  'subordinate',
  'service_provider',
  'beneficiary',
  'intimate_partner',
  'former_partner',
  'family_member',
  'acquaintance',
  'stranger',
  'other_personnel',
  'unknown',
] as const;
export type AllegedRelation = (typeof allegedRelations)[number];

export const ageBands = ['under_18', '18_29', '30_44', '45_59', '60_plus', 'unknown'] as const;
export type AgeBand = (typeof ageBands)[number];

export const priorities = ['emergency', 'urgent', 'routine'] as const;
export type Priority = (typeof priorities)[number];

export const timePrecisions = ['minute', 'day', 'month', 'unknown'] as const;
export type TimePrecision = (typeof timePrecisions)[number];

export const avenues = [
  'informal_resolution',
  'facilitated_conversation',
  'ombudsman_mediation',
  'managerial_action',
  'formal_complaint_investigation',
  'protection_from_retaliation',
  'legal_advice',
  'psychosocial_support',
  'medical_care',
  'security_measures',
  'police_national_authorities',
  'external_support',
  'no_action_now',
] as const;
export type Avenue = (typeof avenues)[number];

/** How long the first response took, as far as reports tell: each up to its end, from the end of the one before. */
export const responseBands = [
  'within_1_hour',
  'within_4_hours',
  'within_24_hours',
  'within_72_hours',
  'after_72_hours',
] as const;
export type ResponseBand = (typeof responseBands)[number];

export const guidanceDecisions = ['proceed', 'not_now', 'declined', 'undecided'] as const;
export type GuidanceDecision = (typeof guidanceDecisions)[number];

export const concernStatuses = [
  'submitted',
  'acknowledged',
  'triaged',
  'accepted',
  'guidance_only',
  'redirected',
  'duplicate',
  'withdrawn',
] as const;
export type ConcernStatus = (typeof concernStatuses)[number];

export const caseStages = ['engagement', 'assessment', 'planning', 'implementation', 'follow_up', 'closed'] as const;
export type CaseStage = (typeof caseStages)[number];

export const closureReasons = [
  'needs_met',
  'client_request',
  'unreachable_30_days',
  'relocated',
  'left_organization',
  'transferred',
  'out_of_mandate',
  'other',
] as const;
export type ClosureReason = (typeof closureReasons)[number];

export const riskDomains = ['safety', 'self_harm', 'retaliation', 'workplace', 'family', 'online'] as const;
export type RiskDomain = (typeof riskDomains)[number];

export const riskLevels = ['none', 'low', 'medium', 'high', 'imminent'] as const;
export type RiskLevel = (typeof riskLevels)[number];

/** What somebody breaks the glass of a case for. */
export const emergencyPurposes = [
  'vital_interest',
  'imminent_harm_to_others',
  'legal_obligation',
  'officer_absent',
  'audit',
] as const;
export type EmergencyPurpose = (typeof emergencyPurposes)[number];

/** What the review of an emergency access has found. */
export const emergencyReviewOutcomes = ['justified', 'not_justified'] as const;
export type EmergencyReviewOutcome = (typeof emergencyReviewOutcomes)[number];

export const noteClasses = ['administrative', 'psychosocial', 'clinical'] as const;
export type NoteClass = (typeof noteClasses)[number];

export const units = [
  'support_desk',
  'ombudsman',
  'ethics_office',
  'investigations',
  'legal',
  'workplace_conduct',
  'staff_counsellor',
  'medical',
  'field_security',
  'human_resources',
  'pseah_coordination',
] as const;
export type Unit = (typeof units)[number];

export const roles = [
  'officer',
  'supervisor',
  'unit_focal_point',
  'clinician',
  'analyst',
  'auditor',
  'programme_lead',
  'administrator',
] as const;
export type Role = (typeof roles)[number];

export const purposes = [
  'referral',
  'protective_measure',
  'investigation',
  'mediation',
  'legal_advice',
  'medical_care',
  'psychosocial_care',
  'security',
  'statistics',
  'reference_group',
  'accompaniment',
] as const;
export type Purpose = (typeof purposes)[number];

/** What a member of staff may say that a request is for: the purposes of a consent, and those of the desk and of audit. */
export const statedPurposes = [...purposes, 'supervision', 'follow_up', 'audit'] as const;
export type StatedPurpose = (typeof statedPurposes)[number];

export { dataCategories, type DataCategory } from '@waymark/event-sourcing';

export const consentForms = ['written', 'electronic', 'verbal_witnessed'] as const;
export type ConsentForm = (typeof consentForms)[number];

export const capacities = ['self', 'supported', 'legal_guardian'] as const;
export type Capacity = (typeof capacities)[number];

export const withdrawalWays = ['receipt', 'oral', 'written'] as const;
export type WithdrawalWay = (typeof withdrawalWays)[number];
/** Those of somebody who does not come by receipt: an officer writes them down. */
export const waysToldToAnOfficer = ['oral', 'written'] as const satisfies readonly WithdrawalWay[];

/** Whose texts a concern holds: the affected person's, and those of whoever reported, who may be the same. */
export const personsOfConcern = ['client', 'reporter'] as const;
export type PersonOfConcern = (typeof personsOfConcern)[number];

/** Contexts that seal what persons tell, each under keys of its own: all of them answer to an erasure. */
export const sealingContexts = ['intake', 'case', 'consent', 'referral'] as const;
export type SealingContext = (typeof sealingContexts)[number];

export const erasureGrounds = ['client_request', 'retention', 'reporter_request'] as const;
export type ErasureGround = (typeof erasureGrounds)[number];

export const erasureStatuses = ['requested', 'declined', 'withdrawn', 'lapsed', 'approved', 'completed'] as const;
export type ErasureStatus = (typeof erasureStatuses)[number];

/** Why the second person does not approve an erasure. */
export const erasureDeclineReasons = [
  'identity_not_confirmed',
  'asker_changed_their_mind',
  'still_in_touch',
  'kept_by_obligation',
] as const;
export type ErasureDeclineReason = (typeof erasureDeclineReasons)[number];

/** What makes a request for an erasure pass without anybody deciding. */
export const erasureLapses = ['client_came_again', 'erased_by_another_id'] as const;
export type ErasureLapse = (typeof erasureLapses)[number];

/** What takes a second person. */
export const approvalKinds = ['erasure', 'override'] as const;
export type ApprovalKind = (typeof approvalKinds)[number];

export const legalHoldBases = ['investigation', 'court_proceedings', 'regulatory_duty', 'safety_of_others'] as const;
export type LegalHoldBasis = (typeof legalHoldBases)[number];

export const consentStatuses = ['in_force', 'withdrawn', 'expired', 'erased'] as const;
export type ConsentStatus = (typeof consentStatuses)[number];

export const disclosureActs = ['send', 'open'] as const;
export type DisclosureAct = (typeof disclosureActs)[number];

/** Why a disclosure may override a missing consent. */
export const legalBases = ['vital_interest', 'legal_obligation', 'imminent_harm_to_others'] as const;
export type LegalBasis = (typeof legalBases)[number];

/** Why a client cannot be asked, in whose place a vital interest stands against what they have said no to before. */
export const cannotBeAskedReasons = ['unconscious', 'unable_to_decide', 'unreachable_in_danger'] as const;
export type CannotBeAskedReason = (typeof cannotBeAskedReasons)[number];

/** How a client has said no: when they were asked, or by taking back a consent. */
export const waysToSayNo = ['refused', 'withdrawn'] as const;

/** Why an override that was asked for is declined, or one is ended before its time. */
export const overrideEndReasons = [
  'client_can_be_asked',
  'basis_not_met',
  'too_broad',
  'no_longer_needed',
  'other',
] as const;
export type OverrideEndReason = (typeof overrideEndReasons)[number];

export const overrideStatuses = ['requested', 'in_force', 'expired', 'ended_by_client', 'declined', 'revoked'] as const;
export type OverrideStatus = (typeof overrideStatuses)[number];

/** How a client was told of an override. */
export const informingWays = ['in_person', 'phone', 'video_call', 'written'] as const;
export type InformingWay = (typeof informingWays)[number];

/** Who takes along that a concern was linked to a client who came before. */
export const linkParts = ['consent', 'case'] as const;
export type LinkPart = (typeof linkParts)[number];

/** Refused when either person is being erased. */
export const linkOutcomes = ['linked', 'refused'] as const;
export type LinkOutcome = (typeof linkOutcomes)[number];

export const decisionReasons = [
  'covered',
  'no_consent',
  'category_not_covered',
  'withdrawn',
  'expired',
  'refused',
] as const;
export type DecisionReason = (typeof decisionReasons)[number];
/** With what allows a disclosure without consent. */
export const decisionOutcomes = [...decisionReasons, 'overridden'] as const;

export const services = [
  'medical',
  'clinical_management',
  'psychosocial',
  'mental_health',
  'legal',
  'investigation',
  'mediation',
  'protection_from_retaliation',
  'security',
  'shelter',
  'financial',
  'hr_workplace',
  'police',
  'child_protection',
  'spiritual',
  'other',
] as const;
export type Service = (typeof services)[number];

export const urgencies = ['urgent', 'routine'] as const;
export type Urgency = (typeof urgencies)[number];

export const declineReasons = [
  'out_of_mandate',
  'no_capacity',
  'conflict_of_interest',
  'insufficient_information',
  'client_not_reachable',
  'other',
] as const;
export type DeclineReason = (typeof declineReasons)[number];

export const referralOutcomes = ['service_provided', 'partly_provided', 'not_provided', 'provided_elsewhere'] as const;
export type ReferralOutcome = (typeof referralOutcomes)[number];

/** What became of a referral that was sent, as far as reports tell. */
export const referralResults = [
  'under_way',
  ...referralOutcomes,
  'not_attended',
  'declined',
  'declined_by_client',
  'consent_withdrawn',
  'revoked',
] as const;
export type ReferralResult = (typeof referralResults)[number];

export const referralStatuses = [
  'drafted',
  'sent',
  'blocked_no_consent',
  'acknowledged',
  'accepted',
  'declined',
  'in_service',
  'completed',
  'not_attended',
  'suspended_consent_withdrawn',
  'revoked',
  'expired',
  'declined_by_client',
] as const;
export type ReferralStatus = (typeof referralStatuses)[number];

/** Patterns in the access log that somebody has to look at. */
export const readingRules = [
  'many_clients_in_an_hour',
  'refused_often',
  'after_leaving_the_team',
  'broken_glass',
] as const;
export type ReadingRule = (typeof readingRules)[number];

/** What the review of such a pattern has found. */
export const readingFindings = ['legitimate', 'mistaken', 'misuse'] as const;
export type ReadingFinding = (typeof readingFindings)[number];

/** What a withdrawal meant for a referral: suspended, at an end before, or never sent under that consent. */
export const withdrawalOutcomes = ['suspended', 'ended', 'not_sent'] as const;
export type WithdrawalOutcome = (typeof withdrawalOutcomes)[number];

/** Nothing follows on these: all others are open. */
export const endedReferralStatuses: readonly ReferralStatus[] = [
  'declined',
  'completed',
  'not_attended',
  'revoked',
  'expired',
  'declined_by_client',
];
