import { Controller, Get, Header, Headers } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Access } from '@waymark/access';
import { MetricsReaders } from './edge/metrics-readers.js';
import { Health, isFit, letsRequestsIn } from './health.js';
import { Metrics } from './metrics.js';
import { Problem } from './problem.js';

@ApiExcludeController()
@Controller()
export class HealthController {
  constructor(
    private readonly health: Health,
    private readonly metrics: Metrics,
    private readonly metricsReaders: MetricsReaders,
  ) {}

  @Get('health/live')
  @Access('CheckHealth')
  live() {
    return { status: 'ok' };
  }

  @Get('health/startup')
  @Access('CheckHealth')
  async startup() {
    return this.ready();
  }

  @Get('health/ready')
  @Access('CheckHealth')
  async ready() {
    const report = await this.health.check();
    const broken = Object.entries(report).filter(([, state]) => !letsRequestsIn(state));
    if (broken.length > 0)
      throw new Problem(503, 'not_ready', broken.map(([part, state]) => `${part}: ${state}`).join('; '), undefined, {
        'retry-after': '2',
      });
    return { status: Object.values(report).every(isFit) ? 'ok' : 'degraded', parts: report };
  }

  @Get('metrics')
  @Access('ReadMetrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  read(@Headers('authorization') authorization?: string) {
    this.metricsReaders.demand(authorization);
    return this.metrics.text();
  }
}
