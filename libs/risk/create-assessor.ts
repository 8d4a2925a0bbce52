import type { RiskAssessor } from '#contracts/judgement/risk-report.js';
import { GIT_LIMITS } from './factors/git/git.js';

/**
 * Assesses changes for whoever has a folder for indexes, or none. The model is loaded when it is first asked.
 *
 * @param utcOffset minutes east of Greenwich
 */
export function createAssessor(indexes: string | undefined, clock: () => Date, utcOffset = 0): RiskAssessor {
  return async ({ environment, signal, ...request }) => {
    const { assessChange } = await import('./assess-change.js');
    return assessChange({
      ...request,
      limits: { ...GIT_LIMITS, signal },
      ...(indexes !== undefined && { indexes }),
      context: {
        now: Math.floor(clock().getTime() / 1000),
        utcOffset,
        ...(environment !== undefined && { environment }),
      },
    });
  };
}
