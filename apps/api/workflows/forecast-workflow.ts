import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { PlanRequest, StoredPlanRequest, WorkflowPlanView } from '#contracts/rest/workflows.js';
import { forecast } from '#domain/forecast/forecast.js';
import { fillKnownInputs } from '#domain/forecast/known-inputs.js';
import type { JsonObject } from '#domain/json.js';
import type { Plan } from '#domain/plan/plan.js';
import type { WorkflowRow } from '#persistence/repositories/workflow-repository.js';
import type { Caller } from '../http/caller.js';
import { problemError } from '../http/problem.js';
import { DATA_SOURCE } from '../tokens.js';
import { FindVersion } from './find-version.js';
import { resolveVersion } from './resolve-version.js';
import { UnderstandDefinition } from './understand-definition.js';
import { requireVersionName } from './version-name.js';

/** Says what a definition would run, without saving or starting it. */
@Injectable()
export class ForecastWorkflow {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(FindVersion) private readonly findVersion: FindVersion,
    @Inject(UnderstandDefinition) private readonly understand: UnderstandDefinition,
  ) {}

  /** Throws SluiceError `definition-invalid`, `inputs-invalid`. */
  async ofText(
    { definition, inputs = {} }: PlanRequest,
    { project }: Pick<Caller, 'project'>,
  ): Promise<WorkflowPlanView> {
    const { manager } = this.dataSource;
    const { read, findings, versionOf } = await this.understand.require(definition, project, manager);
    const plan = forecastPlan(read.compile(versionOf), read.inputs, inputs);
    return { ...plan, ...(findings.length === 0 ? {} : { findings }) };
  }

  /** Throws SluiceError `workflow-version-not-found`, `inputs-invalid`. */
  async ofVersion(
    workflow: WorkflowRow,
    { version, inputs = {} }: StoredPlanRequest,
  ): Promise<WorkflowPlanView> {
    const number =
      version === undefined
        ? workflow.latestVersion
        : await resolveVersion(this.dataSource.manager, workflow, requireVersionName(version));
    const stored = await this.findVersion.require({ workflowId: workflow.id, version: number });
    return { ...forecastPlan(stored.plan, stored.inputs, inputs), version: number };
  }
}

function forecastPlan(plan: Plan, schemas: Readonly<Record<string, JsonObject>>, given: JsonObject) {
  const known = fillKnownInputs(schemas, given);
  if (known.errors === undefined) return forecast(plan, known.inputs, known.missing);
  const text = known.errors.map(({ path, message }) => `${path} ${message}`).join(' ');
  throw problemError('inputs-invalid', text.slice(0, 1_000), { errors: known.errors });
}
