import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import type { ExportView } from '#contracts/rest/exports.js';
import type { Format } from '#domain/front-ends/front-end.js';
import { FRONT_ENDS } from '#domain/front-ends/table.js';
import { FindingResource } from '../http/finding.resource.js';
import { NoteResource } from '../http/note.resource.js';

const FORMATS = Object.keys(FRONT_ENDS) as Format[];

export class ExportQuery {
  @ApiProperty({ enum: FORMATS, description: 'The language of the document.' })
  @IsIn(FORMATS)
  format: Format;
}

export class ExportResource implements ExportView {
  @ApiProperty() workflow: string;
  @ApiProperty() version: number;
  @ApiProperty({ enum: FORMATS, description: 'The language in which it is stored.' }) from: Format;
  @ApiProperty({ enum: FORMATS }) format: Format;
  @ApiProperty() exported: boolean;
  @ApiPropertyOptional({ description: 'The document, where all of its meaning is kept.' }) document?: string;
  @ApiProperty({ type: [FindingResource] }) findings: FindingResource[];
  @ApiProperty({ type: [NoteResource] }) notes: NoteResource[];
}
