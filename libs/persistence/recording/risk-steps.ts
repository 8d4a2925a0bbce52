import type { EntityManager } from 'typeorm';
import { riskAssess } from '#contracts/catalogue/risk-assess.js';
import type { AttemptStart } from '#contracts/ports.js';
import type { FinalRecord } from '#contracts/run.js';

/** Notes steps that assess a risk: what they say is kept beyond their runs, by whoever finds the note. */
export async function noteRiskSteps(
  manager: EntityManager,
  starts: readonly AttemptStart[],
  results: readonly FinalRecord[],
): Promise<void> {
  const steps = [
    ...starts.filter(({ action, rebuild }) => action === riskAssess.name && !rebuild),
    ...results.flatMap(({ run, actions }) =>
      Object.entries(actions)
        .filter(([, action]) => action === riskAssess.name)
        .map(([step]) => ({ run, step })),
    ),
  ];
  if (steps.length === 0) return;
  await manager.query(
    `INSERT INTO risk_steps (run_id, step, project)
     SELECT DISTINCT r.id, t.step, r.project FROM unnest($1::uuid[], $2::text[]) AS t (run_id, step)
     JOIN runs r ON r.id = t.run_id
     ON CONFLICT DO NOTHING`,
    [steps.map(({ run }) => run), steps.map(({ step }) => step)],
  );
}
