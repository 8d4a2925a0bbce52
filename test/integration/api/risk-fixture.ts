import type { ChangeFactors, RiskEnvironment } from '#contracts/judgement/risk.js';
import type { RiskReport } from '#contracts/judgement/risk-report.js';
import { assessRisk } from '#risk/assess/assess-risk.js';
import { readShippedModel } from '#risk/model/shipped-model.js';
import { makeChange } from '#risk/testing/synthetic-project.js';

export const GUARDED = `
sluice: 1
name: guarded
description: Goes out when somebody says so.
stages:
  deliver:
    steps:
      risk:
        uses: risk/assess
        with: { environment: { name: production, commitsTogether: 4 } }
      sign:
        approval: { by: [approver] }
`;

export const DEPLOY = `
sluice: 1
name: deploy
description: Brings a change out.
stages:
  deploy:
    steps:
      go: { set: { done: true } }
`;

export const commitOf = (digit: number): string => digit.toString(16).padStart(40, '0');

export function makeFactors(commit: string, more: Partial<ChangeFactors> = {}): ChangeFactors {
  return makeChange({ commit, at: 1_790_000_000, la: 900, lt: 4_000, nf: 6, exp: 2, ...more });
}

/** What a step of `risk/assess` answers. */
export function makeReport(
  commit: string,
  environment: RiskEnvironment = { name: 'production', commitsTogether: 4 },
  more: Partial<ChangeFactors> = {},
): RiskReport {
  const factors = makeFactors(commit, more);
  return {
    ...assessRisk(readShippedModel(), factors, [], { environment }),
    factors,
    history: {
      base: commitOf(1),
      head: commit,
      commits: 12,
      complete: true,
      shallow: false,
      origin: 'git',
      notes: [],
    },
  };
}
