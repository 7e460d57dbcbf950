import { Module } from '@nestjs/common';
import { ClientIndex } from './client-index/client-index.js';
import { CheckCaseEndpoint, CheckCaseHandler } from './features/check-case.js';
import { GetCaseAccessesEndpoint, GetCaseAccessesHandler } from './features/get-case-accesses.js';
import { GetCaseStateEndpoint, GetCaseStateHandler } from './features/get-case-state.js';
import { GetCaseTimelineEndpoint, GetCaseTimelineHandler } from './features/get-case-timeline.js';
import { GetClientTimelineEndpoint, GetClientTimelineHandler } from './features/get-client-timeline.js';
import { ClientHistories } from './history/client-histories.js';
import { Replays } from './history/replays.js';

@Module({
  controllers: [
    GetClientTimelineEndpoint,
    GetCaseTimelineEndpoint,
    GetCaseStateEndpoint,
    GetCaseAccessesEndpoint,
    CheckCaseEndpoint,
  ],
  providers: [
    ClientIndex,
    ClientHistories,
    Replays,
    GetClientTimelineHandler,
    GetCaseTimelineHandler,
    GetCaseStateHandler,
    GetCaseAccessesHandler,
    CheckCaseHandler,
  ],
})
export class AuditModule {}
