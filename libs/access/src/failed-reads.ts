import { RequestMethod, SetMetadata } from '@nestjs/common';
import { METHOD_METADATA } from '@nestjs/common/internal';
import type { ActionName, Decision } from './policy/decide.js';
import type { Principal } from './principal.js';

const READING = 'waymark:reading';

/** For a POST route that reads: what is refused there is a refused read, as on every GET route. */
export const Reading = (): MethodDecorator => SetMetadata(READING, true);

/** A request to read that ended without an answer. */
export interface FailedRead {
  readonly request: object;
  readonly principal: Principal;
  readonly action: ActionName;
  /** What the policies said of the thing; absent when the request ended before they were asked. */
  readonly outcome?: Decision['outcome'];
  readonly error: unknown;
}

/** Gets every reading that failed before its caller is told so. When it rejects, the caller gets that error instead. */
export interface FailedReads {
  tell(failed: FailedRead): Promise<void>;
}

/** Injection token of the `FailedReads`; an application may do without. */
export const FAILED_READS = Symbol('FailedReads');

/** Whether a route's handler reads. */
export const isReading = (handler: object): boolean =>
  Reflect.getMetadata(METHOD_METADATA, handler) === RequestMethod.GET || Reflect.getMetadata(READING, handler) === true;
