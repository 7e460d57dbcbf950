import { ApiProperty } from '@nestjs/swagger';
import { caveats, obstacles } from '../could-see/things-then.js';
import { substitutions } from '../could-see/policies-then.js';
import { UnknownEventsView } from './case-state.answer.js';

class PolicyView {
  @ApiProperty({ example: 'the-team-reads-its-case' }) policy: string;
  @ApiProperty({ enum: ['permit', 'forbid'] }) effect: string;
  @ApiProperty({ description: 'The rule of the domain that it implements' }) rule: string;
}

class EverybodyView {
  @ApiProperty({ enum: ['role', 'receipt', 'service'] }) kind: string;
  @ApiProperty({ description: 'The role, the scope of the receipt, or the name of the service', example: 'supervisor' })
  who: string;
  @ApiProperty({ required: false, type: [String], description: 'Those of these units only' }) units?: readonly string[];
  @ApiProperty({ required: false, type: [String], description: 'But for those of these units' })
  exceptUnits?: readonly string[];
  @ApiProperty({ type: [PolicyView] }) through: readonly PolicyView[];
}

class SomebodyView {
  @ApiProperty() staffId: string;
  @ApiProperty({ type: [String], description: 'In which roles; which they held does not stand in the log' })
  asRoles: readonly string[];
  @ApiProperty({ type: [PolicyView] }) through: readonly PolicyView[];
}

class SightView {
  @ApiProperty({ description: 'An action that shows something of it', example: 'ReadCase' }) action: string;
  @ApiProperty({ type: [EverybodyView] }) everybody: readonly EverybodyView[];
  @ApiProperty({ type: [SomebodyView], description: 'Who could beyond everybody of their role' })
  people: readonly SomebodyView[];
  @ApiProperty({ type: [SomebodyView], description: 'Who could not, though everybody else of their role could' })
  keptOut: readonly SomebodyView[];
  @ApiProperty({ required: false, enum: obstacles, description: 'Why nobody could, whatever the policies say' })
  obstacle?: string;
}

class PoliciesView {
  @ApiProperty({ required: false, description: 'SHA-256 of the policies in force then; absent when not recorded' })
  digest?: string;
  @ApiProperty({ required: false, format: 'date-time', description: 'Since when they were in force' }) since?: string;
  @ApiProperty({ description: 'They are those of this release' }) current: boolean;
  @ApiProperty({
    required: false,
    enum: substitutions,
    description: 'Today’s policies were asked in their place, because those were not recorded or cannot be read',
  })
  substituted?: string;
}

class ThingView {
  @ApiProperty({ enum: ['Concern', 'Case', 'Client', 'Referral'] }) kind: string;
  @ApiProperty({ example: '0197d000-0000-7000-8000-000000000001' }) id: string;
  @ApiProperty({ description: 'The service that decides about it' }) service: string;
  @ApiProperty({ required: false, description: 'Status or stage then' }) status?: string;
  @ApiProperty({ required: false, type: 'integer', description: 'How many people, roles and units are shut out' })
  shutOut?: number;
  @ApiProperty({ description: 'By which it was decided' }) policies: PoliciesView;
  @ApiProperty({ type: [SightView] }) sights: readonly SightView[];
  @ApiProperty({ enum: caveats, isArray: true, description: 'What has to be known about the answer' })
  caveats: readonly string[];
}

export class CaveatView {
  @ApiProperty({ enum: caveats }) code: string;
  @ApiProperty() says: string;
}

export class WhoCouldSeeAnswer {
  @ApiProperty({ format: 'uuid' }) caseId: string;
  @ApiProperty({ format: 'uuid' }) clientId: string;
  @ApiProperty({ format: 'date-time' }) at: string;
  @ApiProperty({ description: 'Every chain that this follows from is as it was written; else look at the timeline.' })
  intact: boolean;
  @ApiProperty({ type: [ThingView], description: 'The concern, the case, the client and the referrals, as they were' })
  things: readonly ThingView[];
  @ApiProperty({ type: [CaveatView] }) caveats: readonly CaveatView[];
  @ApiProperty({
    type: [UnknownEventsView],
    description: 'Events that audit does not know, or not in this version: what they changed is not in the answer.',
  })
  notInterpreted: readonly UnknownEventsView[];
  @ApiProperty({ description: 'Where it stands who did see something until then' }) accesses: string;
}
