import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { Access, Caller, type Principal } from '@waymark/access';
import { readingFindings, type ReadingFinding } from '@waymark/contracts';
import { Aggregates, type Call, CallOf, Code, type Done, done, IdPipe } from '@waymark/service-kit';
import { AccessEntry } from '../../accesses/access-entry.entity.js';
import { ClientIndex } from '../../client-index/client-index.js';
import { HistoryReaders } from '../../history/history-readers.js';
import { readingAlarmAggregate } from '../reading-alarm.aggregate.js';

export class ReviewReadingAlarmBody {
  @Code(readingFindings) finding: ReadingFinding;
}

export class ReadingAlarmReview {
  @ApiProperty({ format: 'uuid' }) alarmId: string;
  @ApiProperty({ enum: readingFindings }) finding: ReadingFinding;
}

export class ReviewReadingAlarm extends Command<Done<ReadingAlarmReview>> {
  constructor(
    readonly alarmId: string,
    readonly body: ReviewReadingAlarmBody,
    readonly caller: Principal,
    readonly call: Call,
  ) {
    super();
  }
}

@ApiTags('For auditors')
@Controller('v1/reading-alarms/:id/review')
export class ReviewReadingAlarmEndpoint {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @HttpCode(200)
  @Access('ReviewReadingAlarm')
  @ApiOperation({
    summary: 'Say what was found; not by the person who has read',
    description:
      'Refused with `own_reading` (409) for whoever has read, and with `already_reviewed` (409) a second time.',
  })
  @ApiOkResponse({ type: ReadingAlarmReview })
  review(
    @Param('id', IdPipe) id: string,
    @Body() body: ReviewReadingAlarmBody,
    @Caller() caller: Principal,
    @CallOf() call: Call,
  ) {
    return this.commands.execute(new ReviewReadingAlarm(id, body, caller, call));
  }
}

@CommandHandler(ReviewReadingAlarm)
export class ReviewReadingAlarmHandler implements ICommandHandler<ReviewReadingAlarm> {
  constructor(
    private readonly dataSource: DataSource,
    private readonly aggregates: Aggregates,
    private readonly index: ClientIndex,
    private readonly readers: HistoryReaders,
  ) {}

  async execute({ alarmId, body: { finding }, caller, call }: ReviewReadingAlarm): Promise<Done<ReadingAlarmReview>> {
    const { state } = await this.aggregates.loadExisting(readingAlarmAggregate, alarmId);
    if (state.status !== 'none') await this.demandOf(caller, state.accessPosition);
    const command = { type: 'ReviewReadingAlarm', finding } as const;
    return done(await this.aggregates.change(readingAlarmAggregate, alarmId, command, call), { alarmId, finding });
  }

  /** For whoever is shut out of what was read there is no alarm. */
  private async demandOf(caller: Principal, position: string): Promise<void> {
    await this.index.caughtUp();
    const access = await this.dataSource.getRepository(AccessEntry).findOneBy({ position });
    await this.readers.demandOfAccess(caller, 'ReviewReadingAlarm', access);
  }
}
