import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Access } from '@waymark/access';
import { staffIdPattern } from '@waymark/contracts';
import { type Call, CallOf, Code, Pattern } from '@waymark/service-kit';
import { RevocationList } from './revocation-list.js';
import { RevocationRecord } from './revocation-record.js';

export const revocationReasons = ['role_changed', 'unit_changed', 'left', 'device_lost', 'misuse', 'other'] as const;
export type RevocationReason = (typeof revocationReasons)[number];

export class RevokeAccessBody {
  @Pattern(staffIdPattern, { description: 'Subject of their tokens', example: '0197d000-0000-7000-8000-000000000003' })
  personId: string;
  @Code(revocationReasons, { description: 'Stands in the log in the clear' }) reason: RevocationReason;
}

export class AccessRevoked {
  @ApiProperty({ format: 'date-time', description: 'Tokens issued until then are no longer good.' }) before: string;
}

export class RevokedSubject {
  @ApiProperty({ description: 'SHA-256, in hexadecimal, of the subject of the tokens or of the name of a receipt' })
  subject: string;
  @ApiProperty({ format: 'date-time' }) before: string;
}

export class RevokedSubjects {
  @ApiProperty({ type: [RevokedSubject] }) items: RevokedSubject[];
}

@ApiTags('For administrators')
@Controller('v1/access-revocations')
export class RevokeAccessEndpoint {
  constructor(
    private readonly list: RevocationList,
    private readonly record: RevocationRecord,
  ) {}

  @Post()
  @HttpCode(200)
  @Access('RevokeAccess')
  @ApiOperation({ summary: 'Take back the tokens that somebody has, at every service within seconds' })
  @ApiOkResponse({ type: AccessRevoked })
  async revoke(@Body() { personId, reason }: RevokeAccessBody, @CallOf() call: Call): Promise<AccessRevoked> {
    await this.record.write({ personId, reason, call });
    return { before: (await this.list.add(call.commandId, personId)).toISOString() };
  }

  @Get()
  @Access('ReadRevocations')
  @ApiOperation({ summary: 'Whose tokens were taken back in the last half hour, for the other services alone' })
  @ApiOkResponse({ type: RevokedSubjects })
  async read(): Promise<RevokedSubjects> {
    return { items: await this.list.recent() };
  }
}
