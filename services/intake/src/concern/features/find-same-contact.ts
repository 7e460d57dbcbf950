import { Controller, Get, Header, Headers, Param } from '@nestjs/common';
import { type IQueryHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { Access, Caller, type Principal } from '@waymark/access';
import { concernStatuses } from '@waymark/contracts';
import { IdPipe, ReadLog, Views } from '@waymark/service-kit';
import type { IntakeView } from '../projections/intake-views.js';
import type { Concern } from '../domain/concern.state.js';
import { ContactMarks } from '../projections/contact-marks/contact-marks.js';
import { type AllowedConcern, VisibleConcerns } from '../visible-concerns.js';

const most = 50;

export class SameContactLine {
  @ApiProperty({ format: 'uuid' }) concernId: string;
  @ApiProperty({ enum: concernStatuses }) status: string;
  @ApiProperty({ format: 'date-time' }) contactAt: string;
  @ApiProperty({ required: false, description: 'Who has taken it, and can be asked' }) officerId?: string;
}

export class SameContact {
  @ApiProperty({ type: [SameContactLine], description: `The newest first, ${most} at most.` }) items: SameContactLine[];
}

export class FindSameContact extends Query<SameContact> {
  constructor(
    readonly concernId: string,
    readonly caller: Principal,
    readonly after: string | undefined,
  ) {
    super();
  }
}

@ApiTags('For officers')
@Controller('v1/concerns/:id/same-contact')
export class FindSameContactEndpoint {
  constructor(private readonly queries: QueryBus) {}

  // The contact is that of a concern which the caller handles. Who could ask for any contact could ask who of their colleagues came.
  @Get()
  @Header('cache-control', 'no-store')
  @Access('FindSameContact')
  @ApiOperation({
    summary: 'Other concerns of somebody who can be reached under the same e-mail address or telephone number',
    description: 'By the contact of a concern that you handle; of those that you may know of.',
  })
  @ApiOkResponse({ type: SameContact })
  find(@Param('id', IdPipe) id: string, @Caller() caller: Principal, @Headers('waymark-position') position?: string) {
    return this.queries.execute(new FindSameContact(id, caller, position));
  }
}

@QueryHandler(FindSameContact)
export class FindSameContactHandler implements IQueryHandler<FindSameContact> {
  constructor(
    private readonly concerns: VisibleConcerns,
    private readonly dataSource: DataSource,
    private readonly views: Views<IntakeView>,
    private readonly marks: ContactMarks,
    private readonly reads: ReadLog,
  ) {}

  async execute({ concernId, caller, after }: FindSameContact): Promise<SameContact> {
    const asked = await this.concerns.find(caller, 'FindSameContact', concernId);
    await this.views.caughtUp(['contact-marks', 'concern-queue'], after);
    const found = await this.knownTo(caller, asked.concern);
    // Each that is found tells something of whoever it is about, and is known to the caller on a ground of its own.
    for (const { concern, ground } of [asked, ...found]) {
      const [stream, clientId] = [`concern-${concern.concernId}`, concern.clientId];
      await this.reads.read({ principal: caller, stream, clientId, what: 'FindSameContact', ground });
    }
    return { items: found.map(({ concern }) => lineOf(concern)) };
  }

  private async knownTo(caller: Principal, { concernId, account }: Concern): Promise<readonly AllowedConcern[]> {
    const rows = await this.dataSource.query<{ concern_id: string }[]>(
      `SELECT concern_id FROM contact_marks WHERE marks && $1::text[] AND concern_id <> $2
       ORDER BY contact_at DESC, concern_id LIMIT $3`,
      [this.marks.in(account.contactDetails), concernId, most],
    );
    const others = await Promise.all(rows.map((row) => this.concerns.findIfKnown(caller, row.concern_id)));
    return others.filter((other) => other !== undefined);
  }
}

const lineOf = ({ concernId, status, submitted, officerId }: Concern): SameContactLine => ({
  concernId,
  status,
  contactAt: submitted.contact.at,
  ...(officerId === undefined ? {} : { officerId }),
});
