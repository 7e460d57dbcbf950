import type { NameOf } from '@waymark/projections';
import type { Secrets } from '@waymark/service-kit';
import { DeskMarks } from '../desks.js';
import { ContactMarks } from './contact-marks/contact-marks.js';
import { contactMarksProjection } from './contact-marks/contact-marks.projection.js';
import { queueProjection } from './queue/queue.projection.js';
import { StaffMarks } from './queue/staff-marks.js';
import { quietConcernsProjection } from './quiet-concerns/quiet-concerns.projection.js';
import { receiptsProjection } from './receipts/receipts.projection.js';
import { responseClocksProjection } from './response-clocks/response-clocks.projection.js';

/** The read models of the service. */
export const intakeViews = (secrets: Secrets) =>
  [
    queueProjection(new StaffMarks(secrets), new DeskMarks(secrets)),
    contactMarksProjection(new ContactMarks(secrets)),
    receiptsProjection,
    quietConcernsProjection,
    responseClocksProjection,
  ] as const;

/** By which queries wait for those that they read. */
export type IntakeView = NameOf<ReturnType<typeof intakeViews>>;
