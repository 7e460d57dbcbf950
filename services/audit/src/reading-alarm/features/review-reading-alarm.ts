import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Access } from '@waymark/access';
import { readingFindings, type ReadingFinding } from '@waymark/contracts';
import { Aggregates, type Call, CallOf, Code, type Done, done, IdPipe } from '@waymark/service-kit';
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
  review(@Param('id', IdPipe) id: string, @Body() body: ReviewReadingAlarmBody, @CallOf() call: Call) {
    return this.commands.execute(new ReviewReadingAlarm(id, body, call));
  }
}

@CommandHandler(ReviewReadingAlarm)
export class ReviewReadingAlarmHandler implements ICommandHandler<ReviewReadingAlarm> {
  constructor(private readonly aggregates: Aggregates) {}

  async execute({ alarmId, body: { finding }, call }: ReviewReadingAlarm): Promise<Done<ReadingAlarmReview>> {
    await this.aggregates.loadExisting(readingAlarmAggregate, alarmId);
    const command = { type: 'ReviewReadingAlarm', finding } as const;
    return done(await this.aggregates.change(readingAlarmAggregate, alarmId, command, call), { alarmId, finding });
  }
}
