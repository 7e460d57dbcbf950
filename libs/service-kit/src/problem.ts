import type { HttpStatus } from '@nestjs/common';

export interface FieldError {
  readonly field: string;
  readonly rule: string;
  readonly message: string;
}

/** A refusal that knows its HTTP answer. `detail` is for people; nothing in it tells what the caller may not know. */
export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    readonly status: HttpStatus | number,
    readonly code: string,
    readonly detail: string,
    readonly errors?: readonly FieldError[],
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(`${code}: ${detail}`);
  }
}

/** What does not exist and what the caller may not see get this same answer. */
export const notFound = (): Problem => new Problem(404, 'not_found', 'There is nothing here that you may see.');
