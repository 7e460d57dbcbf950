import { Module } from '@nestjs/common';
import { KeepFactHandler } from './fact/features/keep-facts.js';
import { ReceiveFactHandler } from './fact/features/receive-fact.js';
import { GetTypologyGeographyHandler, TypologyGeographyEndpoint } from './tables/get-typology-geography.js';
import { protectYearApart } from './tables/protect-year-apart.js';
import { YearFamilies } from './tables/year-families.js';
import { DataSource } from 'typeorm';
import { Clock, Views } from '@waymark/service-kit';

@Module({
  controllers: [TypologyGeographyEndpoint],
  providers: [
    ReceiveFactHandler,
    KeepFactHandler,
    GetTypologyGeographyHandler,
    {
      provide: YearFamilies,
      useFactory: (dataSource: DataSource, views: Views, clock: Clock) =>
        new YearFamilies(dataSource, views, clock, protectYearApart),
      inject: [DataSource, Views, Clock],
    },
  ],
})
export class ReportingModule {}
