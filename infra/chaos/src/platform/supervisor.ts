import { setTimeout as pause } from 'node:timers/promises';
import type { Processes } from '@waymark/processes';

/** Starts again what has ended, after a moment, as an orchestrator would. */
export class Supervisor {
  private readonly watching: Promise<void>;
  private readonly frozen = new Map<string, number>();
  private stopped = false;
  /** How often each process was started again. */
  readonly restarts = new Map<string, number>();

  constructor(
    private readonly processes: Processes,
    private readonly instances: readonly string[],
  ) {
    this.watching = this.watch();
  }

  /** `kill -9`; false when it was not running just then. */
  async kill(instance: string): Promise<boolean> {
    if (this.processes.pidOf(instance) === undefined) return false;
    await this.processes.kill(instance);
    return true;
  }

  /** Stops the process where it stands, without a word to anybody, and lets it go on later; false when it was not running. */
  async freeze(instance: string, milliseconds: number, signal: AbortSignal): Promise<boolean> {
    const pid = this.processes.pidOf(instance);
    if (pid === undefined) return false;
    this.frozen.set(instance, pid);
    process.kill(pid, 'SIGSTOP');
    await pause(milliseconds, undefined, { signal }).catch(() => undefined);
    this.thaw(instance);
    return true;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    for (const instance of this.frozen.keys()) this.thaw(instance);
    await this.watching;
  }

  private thaw(instance: string): void {
    const pid = this.frozen.get(instance);
    if (pid !== undefined && this.processes.pidOf(instance) === pid) process.kill(pid, 'SIGCONT');
    this.frozen.delete(instance);
  }

  private async watch(): Promise<void> {
    while (!this.stopped) {
      await pause(500);
      for (const instance of this.instances) {
        if (this.stopped || this.processes.pidOf(instance) !== undefined) continue;
        await this.processes.start(instance, { wait: false });
        this.restarts.set(instance, (this.restarts.get(instance) ?? 0) + 1);
      }
    }
  }
}
