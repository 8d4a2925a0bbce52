import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsString,
  IsUUID,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import type { Afterwards } from '#contracts/judgement/gate-result.js';
import {
  type ChangedFile,
  type ChangeFactors,
  ENVIRONMENT_NAME,
  type PossibleReviewer,
  RISK_LEVELS,
  type RiskEnvironment,
  type RiskLevel,
} from '#contracts/judgement/risk.js';
import { COMMIT_PATTERN, type PastChange, RISK_FACTS_SCHEMAS } from '#contracts/judgement/risk-facts.js';
import type { HistoryFacts } from '#contracts/judgement/risk-report.js';
import type { AssessRiskRequest, EnvironmentRequest, OutcomeRequest } from '#contracts/rest/risk.js';
import type { SortOrder } from '#persistence/listing/list-page.js';
import { ASSESSMENT_SORTS, ASSESSMENT_VERSION_SORTS } from '#persistence/risk/assessment-repository.js';
import { ENVIRONMENT_SORTS } from '#persistence/risk/environment-repository.js';
import { OUTCOME_SORTS } from '#persistence/risk/outcome-repository.js';
import { ChoiceFilter, ListQuery, MomentFilter, SortBy, SwitchFilter } from '../http/list-query.js';
import { Optional } from '../http/optional.js';
import { ReasonBody } from '../runs/operation.bodies.js';
import { FitsSchema } from './fits-schema.js';

const COMMIT_WORDS = { message: 'must be 7 to 64 lower-case hexadecimal digits' };
const OUTCOMES = ['good', 'bad'] as const;
const { factors, history, files, reviewers, past, environment } = RISK_FACTS_SCHEMAS;
const { deployments, openIncidents, frozen } = environment.properties;

function checkDeployments({ total, failed }: NonNullable<RiskEnvironment['deployments']>) {
  return failed > total ? 'says that more failed than there were' : undefined;
}

export class AssessRiskBody implements AssessRiskRequest {
  @FitsSchema(factors, { description: 'Of the change, as `sluice risk --json` prints them.' })
  factors: ChangeFactors;

  @FitsSchema(history, { description: 'What the factors rest on, as printed there.', optional: true })
  history?: HistoryFacts;

  @FitsSchema(files, { description: 'For advice to split it and to test.', optional: true })
  files?: ChangedFile[];

  @FitsSchema(reviewers, { description: 'People who know the files, the best first.', optional: true })
  reviewers?: PossibleReviewer[];

  @FitsSchema(past, {
    description:
      "The project's latest changes before it, the oldest first: moment and factors, in the order of `at, ns, nd, nf, entropy, la, ld, lt, fix, ndev, age, nuc, exp, rexp, sexp`. Those that were assessed earlier when absent.",
    optional: true,
  })
  past?: PastChange[];

  @FitsSchema(environment, {
    description: 'Where it goes; what the project knows of it goes before what is said here.',
    optional: true,
    check: ({ deployments: given }: RiskEnvironment) =>
      given === undefined ? undefined : checkDeployments(given),
  })
  environment?: RiskEnvironment;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: -720,
    maximum: 840,
    description: 'Minutes east of Greenwich; without it, the hour is not looked at.',
  })
  @Optional()
  @IsInt()
  @Min(-720)
  @Max(840)
  utcOffset?: number;

  @ApiPropertyOptional({
    description: 'So long it is assessed again when the environment changes; 14 days at most.',
    example: '8h',
  })
  @Optional()
  @IsString()
  @MaxLength(40)
  openFor?: string;
}

export class AssessmentListQuery extends ListQuery {
  @ApiPropertyOptional({ pattern: COMMIT_PATTERN, description: 'Full id of the change.' })
  @Optional()
  @IsString()
  @Matches(new RegExp(COMMIT_PATTERN), COMMIT_WORDS)
  commit?: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'Id of the run whose step assessed it.' })
  @Optional()
  @IsUUID()
  run?: string;

  @ChoiceFilter(RISK_LEVELS, { example: 'medium,high' })
  level?: RiskLevel[];

  @ApiPropertyOptional({ pattern: ENVIRONMENT_NAME.source, description: 'Name of the environment.' })
  @Optional()
  @IsString()
  @Matches(ENVIRONMENT_NAME)
  environment?: string;

  @SwitchFilter('Whether it is assessed again when the environment changes.')
  open?: boolean;

  @MomentFilter('First assessed then or later.')
  since?: string;

  @SortBy(ASSESSMENT_SORTS, '-createdAt')
  sort: SortOrder<(typeof ASSESSMENT_SORTS)[number]> = '-createdAt';
}

export class AssessmentVersionListQuery extends ListQuery {
  @SortBy(ASSESSMENT_VERSION_SORTS, '-version')
  sort: SortOrder<(typeof ASSESSMENT_VERSION_SORTS)[number]> = '-version';
}

export class EnvironmentBody extends ReasonBody implements EnvironmentRequest {
  @FitsSchema(deployments, { description: 'Recent ones there.', optional: true, check: checkDeployments })
  deployments?: { total: number; failed: number };

  @FitsSchema(openIncidents, { description: 'Incidents that are open.', optional: true })
  openIncidents?: number;

  @FitsSchema(frozen, {
    description: 'Whether a freeze is declared; freezes of the project count in any case.',
    optional: true,
  })
  frozen?: boolean;

  @ApiPropertyOptional({
    type: [String],
    minItems: 1,
    maxItems: 50,
    uniqueItems: true,
    description:
      'Names of the workflows that deploy there: their latest runs are its deployments, unless `deployments` says; freezes of them count.',
  })
  @Optional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @ArrayUnique()
  @IsString({ each: true })
  @MaxLength(200, { each: true })
  @Matches(/^\P{Cc}+$/u, { each: true, message: 'must be names of workflows' })
  workflows?: string[];
}

export class EnvironmentListQuery extends ListQuery {
  @SortBy(ENVIRONMENT_SORTS, 'name')
  sort: SortOrder<(typeof ENVIRONMENT_SORTS)[number]> = 'name';
}

export class OutcomeBody extends ReasonBody implements OutcomeRequest {
  @ApiProperty({ pattern: COMMIT_PATTERN, description: 'Full id of a change that was assessed.' })
  @IsString()
  @Matches(new RegExp(COMMIT_PATTERN), COMMIT_WORDS)
  commit: string;

  @ApiProperty({ enum: OUTCOMES, description: '`bad`: it brought in a defect.' })
  @IsIn(OUTCOMES)
  outcome: Afterwards;

  @ApiPropertyOptional({ format: 'date-time', description: 'When it was known; now when absent.' })
  @Optional()
  @IsString()
  @MaxLength(40)
  at?: string;
}

export class OutcomeListQuery extends ListQuery {
  @ApiPropertyOptional({ enum: OUTCOMES })
  @Optional()
  @IsIn(OUTCOMES)
  outcome?: Afterwards;

  @MomentFilter('Noted then or later.')
  since?: string;

  @SortBy(OUTCOME_SORTS, '-notedAt')
  sort: SortOrder<(typeof OUTCOME_SORTS)[number]> = '-notedAt';
}
