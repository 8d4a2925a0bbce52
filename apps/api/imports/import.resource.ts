import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { ImportedView, ImportReport } from '#contracts/rest/imports.js';
import type { Format } from '#domain/front-ends/front-end.js';
import { FRONT_ENDS } from '#domain/front-ends/table.js';
import { FindingResource } from '../http/finding.resource.js';
import { NoteResource } from '../http/note.resource.js';

class StoredResource {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty() version: number;
  @ApiProperty({ enum: ['created', 'versioned', 'unchanged'] }) outcome:
    | 'created'
    | 'versioned'
    | 'unchanged';
}

class ImportedResource implements ImportedView {
  @ApiProperty() file: string;
  @ApiPropertyOptional({ enum: Object.keys(FRONT_ENDS) }) format?: Format;
  @ApiPropertyOptional() name?: string;
  @ApiProperty() takenOver: boolean;
  @ApiPropertyOptional({ description: 'The definition, where it was taken over.' }) definition?: string;
  @ApiPropertyOptional({ type: StoredResource }) workflow?: StoredResource;
  @ApiProperty({ type: [FindingResource] }) findings: FindingResource[];
  @ApiProperty({ type: [NoteResource] }) notes: NoteResource[];
}

export class ImportReportResource implements ImportReport {
  @ApiProperty() takenOver: number;
  @ApiProperty() refused: number;
  @ApiProperty({ type: [ImportedResource] }) workflows: ImportedResource[];
}
