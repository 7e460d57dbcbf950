import { ApiProperty, OmitType, PartialType } from '@nestjs/swagger';
import type { Account } from '../domain/account.js';
import { PlaceView } from './place-body.js';
import { SubmitConcernBody } from './submit-concern.js';

/** What was told, as it was told; a question that was skipped is absent, and so is what was erased. */
export class AccountView extends PartialType(
  OmitType(SubmitConcernBody, ['kind', 'identity', 'immediateDanger', 'medicalUrgency', 'place']),
) {
  @ApiProperty({ required: false, type: () => PlaceView }) place?: PlaceView;

  static of({ place, ...told }: Partial<Account>): AccountView {
    return { ...told, ...(place ? { place: PlaceView.of(place) } : {}) } as AccountView;
  }
}
