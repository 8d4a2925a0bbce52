import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { ENVIRONMENT_NAME } from '#contracts/judgement/risk.js';
import type { EnvironmentRequest, EnvironmentState } from '#contracts/rest/risk.js';
import type { Json } from '#domain/json.js';
import { AuditRepository } from '#persistence/repositories/audit-repository.js';
import { EnvironmentRepository } from '#persistence/risk/environment-repository.js';
import type { Caller } from '../http/caller.js';
import { problemError } from '../http/problem.js';
import { DATA_SOURCE } from '../tokens.js';
import { ReassessOpen } from './reassess-open.js';

const MOST_ENVIRONMENTS = 100;

/** Takes down how things are in an environment; what is open is assessed again at once. */
@Injectable()
export class ChangeEnvironment {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(ReassessOpen) private readonly reassess: ReassessOpen,
  ) {}

  /** True where it is new. Throws SluiceError `request-invalid`, `risk-environment-limit-reached`. */
  async set(name: string, request: EnvironmentRequest, caller: Caller): Promise<boolean> {
    requireName(name);
    const { project, actor } = caller;
    const state = toState(request);
    const workflows = request.workflows === undefined ? null : [...request.workflows];
    const created = await this.dataSource.transaction(async (manager) => {
      const environments = new EnvironmentRepository(manager);
      const before = await environments.find(project, name, true);
      await environments.save({ project, name, state, workflows, updatedBy: actor });
      if (before === undefined && (await environments.count(project)) > MOST_ENVIRONMENTS) {
        throw problemError(
          'risk-environment-limit-reached',
          `There are ${MOST_ENVIRONMENTS} environments already.`,
        );
      }
      await new AuditRepository(manager).add({
        ...caller,
        action: 'risk.environment',
        objectType: 'risk',
        objectId: name,
        ...(before === undefined
          ? {}
          : { before: { ...before.state, workflows: before.workflows } as unknown as Json }),
        after: { ...state, workflows } as unknown as Json,
        reason: request.reason,
      });
      return before === undefined;
    });
    await this.reassess.sweep(caller);
    return created;
  }

  /** Nothing is known of it any longer but freezes. Throws SluiceError `risk-environment-not-found`. */
  async remove(name: string, caller: Caller): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const environments = new EnvironmentRepository(manager);
      const before = name.includes('\0') ? undefined : await environments.find(caller.project, name, true);
      if (before === undefined) throw environmentNotFound();
      await environments.remove(caller.project, name);
      await new AuditRepository(manager).add({
        ...caller,
        action: 'risk.environment',
        objectType: 'risk',
        objectId: name,
        before: { ...before.state, workflows: before.workflows } as unknown as Json,
        after: null,
      });
    });
    await this.reassess.sweep(caller);
  }
}

export function environmentNotFound(): Error {
  return problemError('risk-environment-not-found', 'Nothing was said of an environment of this name.');
}

function toState({ deployments, openIncidents, frozen }: EnvironmentRequest): EnvironmentState {
  return {
    ...(deployments !== undefined && {
      deployments: { total: deployments.total, failed: deployments.failed },
    }),
    ...(openIncidents !== undefined && { openIncidents }),
    ...(frozen !== undefined && { frozen }),
  };
}

function requireName(name: string): void {
  if (ENVIRONMENT_NAME.test(name)) return;
  const message = 'must be at most 63 letters, digits, dots, dashes and underscores';
  throw problemError('request-invalid', `The request is not valid: name ${message}.`, {
    errors: [{ path: 'name', message }],
  });
}
