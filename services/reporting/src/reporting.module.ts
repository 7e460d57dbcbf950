import { Module } from '@nestjs/common';
import { KeepFactHandler } from './fact/features/keep-facts.js';
import { ReceiveFactHandler } from './fact/features/receive-fact.js';
import { CaseloadEndpoint, GetCaseloadHandler } from './tables/get-caseload.js';
import { EarlierCounts } from './tables/earlier-counts.js';
import { FirstResponseEndpoint, GetFirstResponseHandler } from './tables/get-first-response.js';
import { GetReferralsHandler, ReferralsEndpoint } from './tables/get-referrals.js';
import { GetTypologyGeographyHandler, TypologyGeographyEndpoint } from './tables/get-typology-geography.js';
import { protectApart } from './tables/protect-apart.js';
import { ProtectedTables } from './tables/protected-tables.js';
import { YearFamilies } from './tables/year-families.js';
import { DataSource } from 'typeorm';
import { Aggregates, Clock, Views } from '@waymark/service-kit';

@Module({
  controllers: [TypologyGeographyEndpoint, FirstResponseEndpoint, ReferralsEndpoint, CaseloadEndpoint],
  providers: [
    ReceiveFactHandler,
    KeepFactHandler,
    GetTypologyGeographyHandler,
    GetFirstResponseHandler,
    GetReferralsHandler,
    GetCaseloadHandler,
    { provide: ProtectedTables, useFactory: () => new ProtectedTables(protectApart) },
    {
      provide: YearFamilies,
      useFactory: (...parts: ConstructorParameters<typeof YearFamilies>) => new YearFamilies(...parts),
      inject: [DataSource, Views, Clock, ProtectedTables, Aggregates, EarlierCounts],
    },
  ],
})
export class ReportingModule {}
