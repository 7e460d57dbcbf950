/** What a command's endpoint answers: the body, and where the log stands (`ETag`, `Waymark-Position`). */
export class Done<Body extends object = object> {
  constructor(
    readonly body: Body,
    readonly revision: number,
    readonly position: bigint,
  ) {}
}

/** Answers a command with what it wrote. */
export const done = <Body extends object>(
  written: { readonly revision: number; readonly position: bigint },
  body: Body,
): Done<Body> => new Done(body, written.revision, written.position);
