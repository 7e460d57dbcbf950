import type { MessageContract } from '@waymark/contracts';
import type { Call } from '../aggregate.js';
import type { Doors } from '../doors.js';

/** A person who is to be erased, by which erasure. */
export interface ErasedPerson {
  readonly personId: string;
  readonly erasureId: string;
}

/** How a service that seals erases a person. */
export interface Erasure {
  /** What it answers, `<context>.subject-erased.v1`. */
  readonly answers: MessageContract;
  /** Changes what tells of the person without a seal, as in views. Called after the key is gone, again and again until it succeeds; may be called once more. */
  readonly clear?: (person: ErasedPerson, call: Call, doors: Doors) => Promise<void>;
}
