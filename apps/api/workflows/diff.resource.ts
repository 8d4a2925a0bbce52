import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { ValueDifference } from '#contracts/rest/comparison.js';
import type { ComparedVersion, VersionDiffView } from '#contracts/rest/versions.js';
import type { InputChange } from '#domain/versions/compare-inputs.js';
import type { StepChange } from '#domain/versions/compare-steps.js';
import type { KeyChange } from '#domain/versions/compare-versions.js';
import { BUMPS, type Bump } from '#domain/versions/semver.js';
import { ValueDifferenceResource } from '../http/value-difference.resource.js';

class ComparedVersionResource implements ComparedVersion {
  @ApiProperty() version: number;
  @ApiPropertyOptional({ description: 'Absent of a draft.' }) publishedAs?: string;
  @ApiProperty() digest: string;
}

class ChangeResource {
  @ApiProperty({ enum: BUMPS, description: 'What it asks to be raised.' }) bump: Bump;
  @ApiProperty({ type: [ValueDifferenceResource] }) values: readonly ValueDifference[];
}

class InputChangeResource extends ChangeResource implements InputChange {
  @ApiProperty() name: string;
  @ApiProperty({ enum: ['added', 'removed', 'changed'] }) change: InputChange['change'];
  @ApiProperty({ description: 'What it means for who starts runs.' }) why: string;
}

class StepChangeResource extends ChangeResource implements StepChange {
  @ApiProperty() id: string;
  @ApiProperty({ type: String }) kind: StepChange['kind'];
  @ApiProperty({ enum: ['added', 'removed', 'renamed', 'changed'] }) change: StepChange['change'];
  @ApiPropertyOptional({ description: 'Its id before, where it was renamed.' }) from?: string;
  @ApiPropertyOptional({ description: 'What it means for others.' }) why?: string;
}

class KeyChangeResource extends ChangeResource implements KeyChange {
  @ApiProperty({ example: 'output' }) key: string;
  @ApiProperty() why: string;
}

export class VersionDiffResource implements VersionDiffView {
  @ApiProperty({ description: "The workflow's name." }) workflow: string;
  @ApiProperty({ type: ComparedVersionResource }) from: ComparedVersion;
  @ApiProperty({ type: ComparedVersionResource }) to: ComparedVersion;
  @ApiProperty({ enum: BUMPS, description: 'What of a semantic version has to be raised at least.' })
  bump: Bump;
  @ApiPropertyOptional({
    description: 'The least semantic version as which `to`, a draft, may be published.',
  })
  next?: string;
  @ApiProperty({ type: [InputChangeResource] }) inputs: readonly InputChange[];
  @ApiProperty({ type: [StepChangeResource], description: 'The first 500.' }) steps: readonly StepChange[];
  @ApiProperty({ type: [KeyChangeResource], description: 'Of the definition as a whole.' })
  keys: readonly KeyChange[];
  @ApiPropertyOptional({ enum: [true], description: 'More differs than is shown.' }) more?: true;
}
