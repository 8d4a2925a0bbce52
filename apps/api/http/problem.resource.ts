import { applyDecorators } from '@nestjs/common';
import {
  ApiExtraModels,
  ApiProperty,
  ApiPropertyOptional,
  ApiResponse,
  getSchemaPath,
} from '@nestjs/swagger';
import type { Problem } from '#contracts/rest/problem.js';
import type { Refusal } from '#domain/execution/operation.js';
import { FindingResource } from './finding.resource.js';
import { PROBLEM_CODES, type ProblemCodeName } from './problem-codes.js';

class FieldErrorResource {
  @ApiProperty() path: string;
  @ApiProperty() message: string;
  @ApiPropertyOptional({ description: 'With code `rerun-impossible`.' }) code?: string;
  @ApiPropertyOptional() hint?: string;
}

class RefusalResource implements Refusal {
  @ApiProperty({ enum: ['run-state', 'step-state', 'step-unknown', 'not-allowed', 'operation-invalid'] })
  code: Refusal['code'];
  @ApiProperty() message: string;
  @ApiProperty({ description: 'The states in which it would be done.' }) fits: string;
}

class ProblemResource implements Problem {
  @ApiProperty({ example: 'https://sluice.dev/problems/run-not-found' }) type: string;
  @ApiProperty() title: string;
  @ApiProperty() status: number;
  @ApiProperty() detail: string;
  @ApiProperty({ enum: Object.keys(PROBLEM_CODES) }) code: string;
  @ApiPropertyOptional({ description: 'What to do now.' }) hint?: string;
  @ApiProperty({ description: 'As in the header x-correlation-id and in the log.' }) correlationId: string;
  @ApiPropertyOptional({ type: [FindingResource] }) findings?: FindingResource[];
  @ApiPropertyOptional({ type: [FieldErrorResource] }) errors?: FieldErrorResource[];
  @ApiPropertyOptional({ type: RefusalResource }) refusal?: RefusalResource;
}

/** For those who describe what all routes share. */
export const PROBLEM_SCHEMA = ProblemResource;

/** Describes the problems that a route may answer with. */
export function ApiProblems(...codes: readonly ProblemCodeName[]): MethodDecorator & ClassDecorator {
  const byStatus = Map.groupBy(codes, (code) => PROBLEM_CODES[code].status);
  const content = { 'application/problem+json': { schema: { $ref: getSchemaPath(ProblemResource) } } };
  return applyDecorators(
    ApiExtraModels(ProblemResource),
    ...[...byStatus].map(([status, names]) =>
      ApiResponse({ status, description: names.join(', '), content }),
    ),
  );
}
