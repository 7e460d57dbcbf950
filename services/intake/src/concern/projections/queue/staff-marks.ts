import { comparedStaffId } from '@waymark/contracts';
import { deriveSecret } from '@waymark/privacy';
import type { Secrets } from '@waymark/service-kit';

/**
 * What stands in the queue for a member of staff whom a reporter shut out: their id would tell who is accused. A mark follows from
 * the id and the service's secret, so the queue can be searched for the caller's, and nobody without the secret can tell whose it is.
 */
export class StaffMarks {
  private readonly secret: Buffer;

  constructor(secrets: Secrets) {
    this.secret = secrets.of('staff-marks');
  }

  of(staffId: string): string {
    return deriveSecret({ secret: this.secret, label: 'shut-out', input: comparedStaffId(staffId) }).toString('hex');
  }
}
