import { ApiProperty } from '@nestjs/swagger';
import type { Note } from '#domain/front-ends/steps/conversion.js';

export class NoteResource implements Note {
  @ApiProperty({ enum: ['decided', 'left-out', 'renamed'] }) kind: Note['kind'];
  @ApiProperty() path: string;
  @ApiProperty({ description: 'From 1.' }) line: number;
  @ApiProperty({ description: 'From 1.' }) column: number;
  @ApiProperty() message: string;
}
