import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { OnMeasure } from '@waymark/messaging';
import type { Views } from './views.js';

/** Prometheus metrics of one service; routes and codes only, no ids. */
export class Metrics {
  private readonly registry = new Registry();
  private readonly requests: Histogram<'method' | 'route' | 'status'>;
  private readonly messages: Counter<'measure' | 'labels'>;

  constructor(service: string, views: Views) {
    this.registry.setDefaultLabels({ service });
    collectDefaultMetrics({ register: this.registry });
    this.requests = new Histogram({
      name: 'waymark_http_request_seconds',
      help: 'Time to answer a request',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
      registers: [this.registry],
    });
    this.messages = new Counter({
      name: 'waymark_messages_total',
      help: 'What relay and consumers did',
      labelNames: ['measure', 'labels'],
      registers: [this.registry],
    });
    const positions = new Gauge({
      name: 'waymark_projection_position',
      help: 'Position of the log that a read model shows',
      labelNames: ['projection'],
      registers: [this.registry],
      collect: () =>
        views.status().forEach(({ name, position }) => positions.set({ projection: name }, Number(position))),
    });
  }

  observe(method: string, route: string, status: number, seconds: number): void {
    this.requests.observe({ method, route, status: String(status) }, seconds);
  }

  readonly onMeasure: OnMeasure = (measure, value, labels) => {
    this.messages.inc({ measure, labels: Object.values(labels).join(',') }, value);
  };

  text(): Promise<string> {
    return this.registry.metrics();
  }
}
