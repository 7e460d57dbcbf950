import { setTimeout as delay } from 'node:timers/promises';
import { newEvent, newStream } from './events.js';
import type { SystemUnderBench } from './systems.js';

export interface DeliveryTimes {
  /** From the call of append to its answer, and to the arrival at one who follows the log. Milliseconds. */
  readonly appended: readonly number[];
  readonly delivered: readonly number[];
}

/** Appends one event at a time, at uneven moments, and waits each time until a follower has it. */
export async function deliveryTimes(system: SystemUnderBench, samples: number): Promise<DeliveryTimes | undefined> {
  if (!system.follow) return undefined;
  const arrivals = new Map<string, () => void>();
  const follower = await system.follow((id) => arrivals.get(id)?.());
  const appended: number[] = [];
  const delivered: number[] = [];
  // The first events find out whether anybody listens yet: those before are never seen.
  for (let sample = -20; sample < samples; sample += 1) {
    const event = newEvent();
    const begun = performance.now();
    const arrived = new Promise<number>((resolve) => {
      arrivals.set(event.id, () => resolve(performance.now() - begun));
    });
    await system.append(newStream(), 0, [event]);
    const answered = performance.now() - begun;
    const whole = sample < 0 ? await Promise.race([arrived, delay(300, 0)]) : await arrived;
    arrivals.delete(event.id);
    if (sample >= 0) {
      appended.push(answered);
      delivered.push(whole);
    }
    await delay((sample * 7) % 23);
  }
  await follower.stop();
  return { appended, delivered };
}
