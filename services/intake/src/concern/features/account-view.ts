import { OmitType, PartialType } from '@nestjs/swagger';
import { SubmitConcernBody } from './submit-concern.js';

/** What was told, as it was told; a question that was skipped is absent, and so is what was erased. */
export class AccountView extends PartialType(
  OmitType(SubmitConcernBody, ['kind', 'identity', 'immediateDanger', 'medicalUrgency']),
) {}
