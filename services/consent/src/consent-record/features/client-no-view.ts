import { ApiProperty } from '@nestjs/swagger';
import { dataCategories, purposes, units, waysToSayNo } from '@waymark/contracts';
import type { ToldNo } from '../domain/client-no.js';

/** That the client has said no: to what and when, and nothing of how they put it. */
export class ClientNoView {
  @ApiProperty({ enum: waysToSayNo, description: 'When they were asked, or by taking back a consent' }) how: string;
  @ApiProperty({ enum: units }) recipient: string;
  @ApiProperty({ enum: purposes }) purpose: string;
  @ApiProperty({ enum: dataCategories, isArray: true }) categories: string[];
  @ApiProperty({ enum: dataCategories, isArray: true, description: 'Those that they have not consented to since' })
  standing: string[];
  @ApiProperty({ format: 'date-time' }) saidAt: string;
}

export const clientNoView = ({ how, recipient, purpose, categories, standing, saidAt }: ToldNo): ClientNoView => ({
  ...{ how, recipient, purpose, saidAt },
  categories: [...categories],
  standing: [...standing],
});
