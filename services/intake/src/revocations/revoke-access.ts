import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { Access, revokedSubject } from '@waymark/access';
import { staffIdPattern } from '@waymark/contracts';
import { type Call, CallOf, Code, Pattern } from '@waymark/service-kit';
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
  @ApiProperty({ description: 'SHA-256 of the subject of the tokens, in hexadecimal' }) subject: string;
  @ApiProperty({ format: 'date-time' }) before: string;
}

export class RevokedSubjects {
  @ApiProperty({ type: [RevokedSubject] }) items: RevokedSubject[];
}

@ApiTags('For administrators')
@Controller('v1/access-revocations')
export class RevokeAccessEndpoint {
  constructor(
    private readonly dataSource: DataSource,
    private readonly record: RevocationRecord,
  ) {}

  @Post()
  @HttpCode(200)
  @Access('RevokeAccess')
  @ApiOperation({ summary: 'Take back the tokens that somebody has, at every service within seconds' })
  @ApiOkResponse({ type: AccessRevoked })
  async revoke(@Body() { personId, reason }: RevokeAccessBody, @CallOf() call: Call): Promise<AccessRevoked> {
    await this.record.write({ personId, reason, call });
    // A repeat of the command keeps the first moment.
    const [row] = await this.dataSource.query<{ before: Date }[]>(
      `INSERT INTO access_revocations (command_id, person_id) VALUES ($1, $2)
       ON CONFLICT (command_id) DO UPDATE SET command_id = excluded.command_id
       RETURNING before`,
      [call.commandId, personId],
    );
    if (!row) throw new Error('the revocation was not stored');
    return { before: row.before.toISOString() };
  }

  @Get()
  @Access('ReadRevocations')
  @ApiOperation({ summary: 'Whose tokens were taken back in the last ten minutes, for the other services' })
  @ApiOkResponse({ type: RevokedSubjects })
  async list(): Promise<RevokedSubjects> {
    // Tokens live five minutes: what is older tells nobody anything.
    const rows = await this.dataSource.query<{ person_id: string; before: Date }[]>(
      `SELECT person_id, max(before) AS before FROM access_revocations
       WHERE before > clock_timestamp() - interval '10 minutes' GROUP BY person_id`,
    );
    return {
      items: rows.map(({ person_id, before }) => ({
        subject: revokedSubject(person_id),
        before: before.toISOString(),
      })),
    };
  }
}
