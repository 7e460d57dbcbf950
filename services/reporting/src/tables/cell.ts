import { ApiProperty } from '@nestjs/swagger';

/** One count of a table. */
export class CountCell {
  @ApiProperty({ description: 'False: under the threshold, or it would let one be computed that is.' }) shown: boolean;
  @ApiProperty({ required: false, type: 'integer', minimum: 5 }) count?: number;
}

export const cellOf = (count: number | undefined): CountCell =>
  count === undefined ? { shown: false } : { shown: true, count };

export const hiddenNote =
  'Counts under the threshold are not shown, nor are those that would let one be computed. Rows with nothing to show are left out.';
