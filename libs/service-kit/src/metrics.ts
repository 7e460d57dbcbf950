import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Consumer, OnMeasure, Relay } from '@waymark/messaging';
import { isFit } from './health.js';
import { MessageMetrics } from './message-metrics.js';
import type { ProcessDeclaration } from './processes/process-declaration.js';
import type { StepStanding } from './processes/process-standing.js';
import { reading } from './reading.js';
import type { Views } from './views.js';

/** A figure that only one service has. */
export interface Figure {
  /** Such as `waymark_reading_alarms_open`. */
  readonly name: string;
  readonly help: string;
  readonly read: () => Promise<number>;
}

/** Prometheus metrics of one service; routes and codes only, no ids. */
export class Metrics {
  private readonly registry = new Registry();
  private readonly requests: Histogram<'method' | 'route' | 'status'>;
  private readonly messages: MessageMetrics;
  private readonly dueFailures: Counter<'work'>;
  private readonly stuck = new Map<string, () => Promise<number>>();

  constructor(service: string, views: Views<string>) {
    this.registry.setDefaultLabels({ service });
    collectDefaultMetrics({ register: this.registry });
    this.requests = new Histogram({
      name: 'waymark_http_request_seconds',
      help: 'Time to answer a request',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
      registers: [this.registry],
    });
    this.messages = new MessageMetrics(this.registry);
    this.dueFailures = new Counter({
      name: 'waymark_due_work_failures_total',
      help: 'How often due work failed',
      labelNames: ['work'],
      registers: [this.registry],
    });
    const stuck = new Gauge({
      name: 'waymark_due_work_stuck',
      help: 'Due work that has failed and waits to be tried again, or is overdue by more than a minute',
      labelNames: ['work'],
      registers: [this.registry],
      collect: async () => {
        const counts = [...this.stuck].map(async ([work, count]) => ({ work, count: await reading(count()) }));
        for (const { work, count } of await Promise.all(counts)) stuck.set({ work }, count ?? Number.NaN);
      },
    });
    const positions = new Gauge({
      name: 'waymark_projection_position',
      help: 'Position of the log that a read model shows',
      labelNames: ['projection'],
      registers: [this.registry],
      collect: () =>
        views.status().forEach(({ name, position }) => positions.set({ projection: name }, Number(position))),
    });
    const lags = new Gauge({
      name: 'waymark_projection_lag_seconds',
      help: 'How long ago a read model last showed everything that was in the log; 0 when it does',
      labelNames: ['projection'],
      registers: [this.registry],
      collect: async () => {
        for (const { name, seconds } of await views.lags()) lags.set({ projection: name }, seconds);
      },
    });
    const stopped = new Gauge({
      name: 'waymark_projection_stopped',
      help: '1 for a read model that has stopped at something it cannot apply',
      labelNames: ['projection'],
      registers: [this.registry],
      collect: () =>
        views
          .status()
          .forEach(({ name, stoppedBecause }) =>
            stopped.set({ projection: name }, stoppedBecause === undefined ? 0 : 1),
          ),
    });
  }

  observe(method: string, route: string, status: number, seconds: number): void {
    this.requests.observe({ method, route, status: String(status) }, seconds);
  }

  /** `stuck` is asked whenever the metrics are read. */
  watchDueWork(work: string, stuck: () => Promise<number>): void {
    this.stuck.set(work, stuck);
    this.dueFailures.inc({ work }, 0);
  }

  /** `standing` is asked whenever the metrics are read. When it cannot say, there is NaN for each step: no series would be no alarm. */
  watchProcesses(declared: readonly ProcessDeclaration[], standing: () => Promise<readonly StepStanding[]>): void {
    const unknown = declared.flatMap(({ name: process, steps }) =>
      steps.map(({ name: step }) => ({ process, step, open: Number.NaN, overdue: Number.NaN })),
    );
    const gauge = (name: string, help: string, figure: 'open' | 'overdue'): Gauge =>
      new Gauge({
        name,
        help,
        labelNames: ['process', 'step'],
        registers: [this.registry],
        async collect() {
          const steps = (await reading(standing())) ?? unknown;
          this.reset();
          for (const { process, step, ...figures } of steps) this.set({ process, step }, figures[figure]);
        },
      });
    gauge('waymark_processes_open', 'Processes that are at a step', 'open');
    gauge('waymark_processes_overdue', 'Processes that are beyond the deadline of their step', 'overdue');
  }

  /** `check` says the state of each part a service stands on, whenever the metrics are read. */
  watchParts(check: () => Promise<Readonly<Record<string, string>>>): void {
    const fit: Gauge = new Gauge({
      name: 'waymark_part_fit',
      help: '1 for a part that is as it should be, 0 for one that is degraded or keeps the service from taking requests',
      labelNames: ['part'],
      registers: [this.registry],
      collect: async () => {
        for (const [part, state] of Object.entries(await check())) fit.set({ part }, isFit(state) ? 1 : 0);
      },
    });
  }

  dueWorkFailed(work: string): void {
    this.dueFailures.inc({ work });
  }

  /** `read` is asked whenever the metrics are read; NaN when it cannot say. */
  watchFigure({ name, help, read }: Figure): void {
    const gauge: Gauge = new Gauge({
      name,
      help,
      registers: [this.registry],
      collect: async () => gauge.set((await reading(read())) ?? Number.NaN),
    });
  }

  watchRelay(name: string, relay: Relay): void {
    this.messages.watchRelay(name, relay);
  }

  watchConsumer(name: string, consumer: Consumer): void {
    this.messages.watchConsumer(name, consumer);
  }

  readonly onMeasure: OnMeasure = (...measure) => this.messages.onMeasure(...measure);

  async text(): Promise<string> {
    await this.messages.refresh();
    return this.registry.metrics();
  }
}
