import { Module } from '@nestjs/common';
import { ClientIndex } from './client-index/client-index.js';
import { GetCaseTimelineEndpoint, GetCaseTimelineHandler } from './features/get-case-timeline.js';
import { GetClientTimelineEndpoint, GetClientTimelineHandler } from './features/get-client-timeline.js';
import { ClientHistories } from './history/client-histories.js';

@Module({
  controllers: [GetClientTimelineEndpoint, GetCaseTimelineEndpoint],
  providers: [ClientIndex, ClientHistories, GetClientTimelineHandler, GetCaseTimelineHandler],
})
export class AuditModule {}
