import { type Call, Problem } from '@waymark/service-kit';

/** `If-Match`, looked at before consent is asked: the client's ledger shall not tell of what did not happen. */
export function mustMatch({ ifMatch }: Call, revision: number): void {
  if (ifMatch !== undefined && ifMatch !== revision)
    throw new Problem(412, 'revision_mismatch', 'This has changed since you read it. Read it again and repeat.');
}
