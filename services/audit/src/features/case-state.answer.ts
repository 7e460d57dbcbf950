import { ApiProperty } from '@nestjs/swagger';
import { caseStages, concernStatuses, referralStatuses } from '@waymark/contracts';
import type { ConcernThen } from '../replay/concern-then.js';
import type { ConsentThen } from '../replay/consent-then.js';
import type { ReferralThen } from '../replay/referral-then.js';
import type { CaseAt } from '../replay/state-at.js';

class EscalationView {
  @ApiProperty({ enum: ['supervisor', 'head'] }) to: string;
  @ApiProperty({ format: 'date-time' }) at: string;
}

class ConcernStateView implements ConcernThen {
  @ApiProperty({ format: 'uuid' }) concernId: string;
  @ApiProperty({ enum: concernStatuses }) status: string;
  @ApiProperty({ required: false }) channel?: string;
  @ApiProperty({ description: 'The client reported it themselves' }) reportedByClient: boolean;
  @ApiProperty({ required: false, format: 'date-time' }) contactAt?: string;
  @ApiProperty({ required: false, format: 'date-time' }) dueAt?: string;
  @ApiProperty({ description: 'Past its due moment without a response, by the clock alone' }) overdue: boolean;
  @ApiProperty({ required: false, format: 'date-time', description: 'When the log first said so' })
  markedOverdueAt?: string;
  @ApiProperty({ type: [EscalationView] }) escalations: readonly EscalationView[];
  @ApiProperty({ required: false, format: 'date-time' }) firstResponseAt?: string;
  @ApiProperty({ required: false }) officerId?: string;
  @ApiProperty({ type: [String], description: 'Who stepped back from its case, for ever' }) recused: readonly string[];
  @ApiProperty({ required: false }) priority?: string;
  @ApiProperty({
    description: 'Its reporter shuts somebody out, or it is for one of two desks; whom and which is sealed',
  })
  shutsOut: boolean;
}

class RiskAssessmentView {
  @ApiProperty({ format: 'date-time' }) assessedAt: string;
  @ApiProperty({ required: false, format: 'date-time' }) reviewDueAt?: string;
}

class EmergencyAccessView {
  @ApiProperty({ format: 'uuid' }) grantId: string;
  @ApiProperty() staffId: string;
  @ApiProperty({ required: false, format: 'date-time' }) endsAt?: string;
  @ApiProperty({ required: false, format: 'date-time', description: 'A review ends it before its hour' })
  reviewedAt?: string;
  @ApiProperty({ description: 'It opened the case at this moment' }) inForce: boolean;
}

class CaseView implements CaseAt {
  @ApiProperty({ format: 'uuid' }) caseId: string;
  @ApiProperty({ required: false, format: 'uuid' }) concernId?: string;
  @ApiProperty({ required: false }) caseCode?: string;
  @ApiProperty({ required: false, format: 'date-time' }) openedAt?: string;
  @ApiProperty({ enum: caseStages }) stage: string;
  @ApiProperty({ required: false }) officerId?: string;
  @ApiProperty({ type: [String] }) team: readonly string[];
  @ApiProperty({ type: [String], description: 'Who stepped back for ever' }) recused: readonly string[];
  @ApiProperty({
    type: 'integer',
    description: 'How many marks it has of people, roles and units shut out, and of its desk; whose cannot be told',
  })
  shutOut: number;
  @ApiProperty({ type: [EmergencyAccessView], description: 'Who has broken the glass so far' })
  emergencyAccesses: readonly EmergencyAccessView[];
  @ApiProperty({ required: false, description: 'That there was one and until when it holds; what it says is sealed' })
  lastRiskAssessment?: RiskAssessmentView;
}

class ConsentStateView implements ConsentThen {
  @ApiProperty({ format: 'uuid' }) consentId: string;
  @ApiProperty({ enum: ['in_force', 'withdrawn', 'expired'] }) status: string;
  @ApiProperty() recipient: string;
  @ApiProperty() purpose: string;
  @ApiProperty({ type: [String] }) categories: readonly string[];
  @ApiProperty({ format: 'date-time' }) givenAt: string;
  @ApiProperty({ required: false, format: 'date-time' }) validUntil?: string;
  @ApiProperty({ required: false, format: 'date-time' }) withdrawnAt?: string;
  @ApiProperty({ description: 'The log says so; `status` also goes by `validUntil`' }) expired: boolean;
  @ApiProperty({ type: 'integer', description: 'Disclosures made under it' }) disclosures: number;
}

class ReferralStateView implements ReferralThen {
  @ApiProperty({ format: 'uuid' }) referralId: string;
  @ApiProperty({ enum: referralStatuses }) status: string;
  @ApiProperty({ required: false }) unit?: string;
  @ApiProperty({ required: false }) service?: string;
  @ApiProperty({ required: false }) purpose?: string;
  @ApiProperty({ type: [String], description: 'Drafted, then sent' }) categories: readonly string[];
  @ApiProperty({ required: false, format: 'uuid' }) consentId?: string;
  @ApiProperty({ required: false, format: 'date-time' }) sentAt?: string;
  @ApiProperty({ type: 'integer' }) openings: number;
}

class ReadsView {
  @ApiProperty({ type: 'integer' }) allowed: number;
  @ApiProperty({ type: 'integer' }) refused: number;
}

export class UnknownEventsView {
  @ApiProperty() type: string;
  @ApiProperty({ type: 'integer' }) events: number;
}

export class CaseState {
  @ApiProperty({ format: 'uuid' }) caseId: string;
  @ApiProperty({ format: 'uuid' }) clientId: string;
  @ApiProperty({ format: 'date-time' }) at: string;
  @ApiProperty({ enum: ['recorded', 'occurred'] }) by: string;
  @ApiProperty({
    description: 'Every chain that this was replayed from is as it was written; else look at the timeline.',
  })
  intact: boolean;
  @ApiProperty({ type: 'integer', description: 'How many events it follows from' }) events: number;
  @ApiProperty({ required: false }) concern?: ConcernStateView;
  @ApiProperty({ required: false, description: 'Absent before it was opened' }) case?: CaseView;
  @ApiProperty({ type: [ConsentStateView] }) consents: readonly ConsentStateView[];
  @ApiProperty({ type: [ReferralStateView] }) referrals: readonly ReferralStateView[];
  @ApiProperty({ description: 'Recorded reads of client data by people of the other services' }) reads: ReadsView;
  @ApiProperty({
    type: [UnknownEventsView],
    description: 'Types of events that audit does not know, or whose version it does not know',
  })
  notInterpreted: readonly UnknownEventsView[];
}
