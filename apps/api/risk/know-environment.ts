import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { RiskEnvironment } from '#contracts/judgement/risk.js';
import type { EnvironmentState } from '#contracts/rest/risk.js';
import {
  EnvironmentRepository,
  type EnvironmentRow,
  type LastingFreeze,
} from '#persistence/risk/environment-repository.js';
import { DATA_SOURCE } from '../tokens.js';

/** Of what no environment is named. */
export const DEFAULT_ENVIRONMENT = 'default';

/** What is known now of environments, asked once however often it is needed. */
export interface Knowledge {
  /** Beside what was said, freezes of this workflow count. */
  stateOf(project: string, name: string, workflow?: string | null): Promise<EnvironmentState>;
}

/** Finds out how things are in environments: from what was said, from runs that deploy there, and from freezes. */
@Injectable()
export class KnowEnvironment {
  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  /** As of now; drop it soon. */
  look(): Knowledge {
    const environments = new EnvironmentRepository(this.dataSource.manager);
    const freezes = new Map<string, Promise<LastingFreeze[]>>();
    const found = new Map<string, Promise<readonly [EnvironmentRow | undefined, EnvironmentState]>>();
    const read = async (project: string, name: string) => {
      const row = await environments.find(project, name);
      return [row, await this.said(environments, row)] as const;
    };
    return {
      stateOf: async (project, name, workflow) => {
        const [row, said] = await remember(found, `${project} ${name}`, () => read(project, name));
        const lasting = await remember(freezes, project, () => environments.listFreezes(project));
        const held = [...(row?.workflows ?? []), ...(workflow ? [workflow] : [])];
        const frozen = lasting.some(
          ({ workflows }) => workflows === null || workflows.some((each) => held.includes(each)),
        );
        return frozen ? { ...said, frozen } : said;
      },
    };
  }

  private async said(
    environments: EnvironmentRepository,
    row: EnvironmentRow | undefined,
  ): Promise<EnvironmentState> {
    if (row === undefined) return {};
    if (row.workflows === null || row.state.deployments !== undefined) return row.state;
    return {
      deployments: await environments.countDeployments(row.project, row.workflows),
      ...row.state,
    };
  }
}

async function remember<T>(known: Map<string, Promise<T>>, key: string, find: () => Promise<T>): Promise<T> {
  const asked = known.get(key) ?? find();
  known.set(key, asked);
  return asked;
}

/** What the project knows goes before what came with the change. */
export function mergeEnvironment(given: RiskEnvironment, known: EnvironmentState): RiskEnvironment {
  return { ...given, ...known };
}

/** What had changed, in words; undefined where it makes no difference. */
export function describeDifference(before: RiskEnvironment, after: RiskEnvironment): string | undefined {
  const changes = [
    differ(before, after, ({ openIncidents = 0 }) => `${openIncidents}`, 'open incidents'),
    differ(before, after, ({ frozen = false }) => (frozen ? 'yes' : 'no'), 'frozen'),
    differ(
      before,
      after,
      ({ deployments = { total: 0, failed: 0 } }) => `${deployments.failed} of ${deployments.total}`,
      'failed deployments',
    ),
  ].filter((change) => change !== undefined);
  return changes.length === 0 ? undefined : changes.join('; ');
}

function differ(
  before: RiskEnvironment,
  after: RiskEnvironment,
  tell: (environment: RiskEnvironment) => string,
  name: string,
): string | undefined {
  const [was, is] = [tell(before), tell(after)];
  return was === is ? undefined : `${name}: ${is} (${was} before)`;
}
