import type { RiskAssessor } from '#contracts/judgement/risk-report.js';
import { GIT_LIMITS } from './factors/git/git.js';

/** Assesses changes for whoever has a folder for indexes, or none. The model is loaded when it is first asked. */
export function createAssessor(indexes: string | undefined, clock: () => Date): RiskAssessor {
  return async ({ environment, signal, ...request }) => {
    const { assessChange } = await import('./assess-change.js');
    return assessChange({
      ...request,
      limits: { ...GIT_LIMITS, signal },
      ...(indexes !== undefined && { indexes }),
      context: {
        now: Math.floor(clock().getTime() / 1000),
        ...(environment !== undefined && { environment }),
      },
    });
  };
}
