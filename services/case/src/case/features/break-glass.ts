import { Body, Controller, Param, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiCreatedResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { type EmergencyPurpose, emergencyPurposes } from '@waymark/contracts';
import { type Call, CallOf, Code, type Done, done, IdPipe, Text, Whole } from '@waymark/service-kit';
import { VisibleCases } from '../visible-cases.js';
import { mostEmergencyHours } from '../domain/emergency-access.js';

export class BreakGlassBody {
  @Code(emergencyPurposes) purpose: EmergencyPurpose;
  @Text({ max: 2000, description: 'Why it cannot wait for the team. Sealed' }) reason: string;
  @Whole({ min: 1, max: mostEmergencyHours }) hours: number;
}

export class EmergencyAccessBegun {
  @ApiProperty({ format: 'uuid' }) caseId: string;
  @ApiProperty({ format: 'uuid', description: 'Of the event; what is read from now on cites it' }) grantId: string;
  @ApiProperty({ format: 'date-time' }) endsAt: string;
  @ApiProperty({ format: 'date-time' }) reviewDueAt: string;
}

export class BreakGlass extends Command<Done<EmergencyAccessBegun>> {
  constructor(
    readonly caseId: string,
    readonly body: BreakGlassBody,
    readonly caller: Principal,
    readonly call: Call,
  ) {
    super();
  }
}

@ApiTags('In an emergency')
@Controller('v1/cases/:id/emergency-accesses')
export class BreakGlassEndpoint {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @Access('BreakGlass')
  @ApiOperation({
    summary: 'Read a case that is not yours, for four hours at most',
    description:
      'Supervisors see it at once, everything you read is listed, and somebody else reviews it. Refused with `access_not_needed` (409) for whoever may read the case anyway, and with `emergency_access_in_force` (409) until your hours are over; with `person_erased` (409) where the client was erased.',
  })
  @ApiCreatedResponse({ type: EmergencyAccessBegun })
  handle(
    @Param('id', IdPipe) id: string,
    @Body() body: BreakGlassBody,
    @Caller() caller: Principal,
    @CallOf() call: Call,
  ) {
    return this.commands.execute(new BreakGlass(id, body, caller, call));
  }
}

@CommandHandler(BreakGlass)
export class BreakGlassHandler implements ICommandHandler<BreakGlass> {
  constructor(private readonly cases: VisibleCases) {}

  /** Whatever revision the caller expects: by that alone they would learn, and nobody of them, that there is a case. */
  async execute({ caseId, body, caller, call: { ifMatch: _expected, ...call } }: BreakGlass) {
    const { purpose, reason, hours } = body;
    const command = { type: 'BreakGlass', purpose, reason, hours } as const;
    const written = await this.cases.change(caseId, caller, call, command);
    const [granted] = written.events;
    if (granted?.type !== 'EmergencyAccessGranted') throw new Error('BreakGlass grants or refuses');
    const { grantId, endsAt, reviewDueAt } = granted.data;
    return done(written, { caseId, grantId, endsAt, reviewDueAt });
  }
}
