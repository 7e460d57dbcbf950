import { Module } from '@nestjs/common';
import { ListAccessesEndpoint, ListAccessesHandler } from './accesses/list-accesses.js';
import { Listings } from './accesses/listings.js';
import { ClientIndex } from './client-index/client-index.js';
import { CheckCaseEndpoint, CheckCaseHandler } from './features/check-case.js';
import { GetCaseAccessesEndpoint, GetCaseAccessesHandler } from './features/get-case-accesses.js';
import { GetCaseStateEndpoint, GetCaseStateHandler } from './features/get-case-state.js';
import { GetCaseTimelineEndpoint, GetCaseTimelineHandler } from './features/get-case-timeline.js';
import { GetClientTimelineEndpoint, GetClientTimelineHandler } from './features/get-client-timeline.js';
import { WhoCouldSeeEndpoint, WhoCouldSeeHandler } from './features/who-could-see.js';
import { PastPolicies } from './could-see/policies-then.js';
import { ClientHistories } from './history/client-histories.js';
import { HistoryReaders } from './history/history-readers.js';
import { Replays } from './history/replays.js';
import { ListReadingAlarmsEndpoint, ListReadingAlarmsHandler } from './reading-alarm/features/list-reading-alarms.js';
import {
  ReviewReadingAlarmEndpoint,
  ReviewReadingAlarmHandler,
} from './reading-alarm/features/review-reading-alarm.js';
import { WatchReadingsHandler } from './reading-alarm/features/watch-readings.js';

@Module({
  controllers: [
    GetClientTimelineEndpoint,
    GetCaseTimelineEndpoint,
    GetCaseStateEndpoint,
    GetCaseAccessesEndpoint,
    WhoCouldSeeEndpoint,
    CheckCaseEndpoint,
    ListAccessesEndpoint,
    ListReadingAlarmsEndpoint,
    ReviewReadingAlarmEndpoint,
  ],
  providers: [
    ClientIndex,
    ClientHistories,
    Listings,
    HistoryReaders,
    Replays,
    PastPolicies,
    GetClientTimelineHandler,
    GetCaseTimelineHandler,
    GetCaseStateHandler,
    GetCaseAccessesHandler,
    WhoCouldSeeHandler,
    CheckCaseHandler,
    ListAccessesHandler,
    WatchReadingsHandler,
    ListReadingAlarmsHandler,
    ReviewReadingAlarmHandler,
  ],
})
export class AuditModule {}
