import { ACTIONS } from '#contracts/catalogue/catalogue.js';
import { gateEvaluate } from '#contracts/catalogue/gate-evaluate.js';
import type { PlanActions } from '#domain/plan/action.js';

/** The catalogue for whoever reads these definitions; what judges is loaded where one of them has a gate. */
export async function loadCheckedActions(texts: readonly string[]): Promise<PlanActions> {
  if (!texts.some((text) => text.includes(gateEvaluate.name))) return ACTIONS;
  const { withGateChecks } = await import('#gates/gate/check-steps.js');
  return withGateChecks(ACTIONS);
}
