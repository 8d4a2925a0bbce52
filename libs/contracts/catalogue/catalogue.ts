import type { ActionDescription } from './action.js';
import { agentInvoke } from './agent-invoke.js';
import { commandRun } from './command-run.js';
import { gateEvaluate } from './gate-evaluate.js';
import { gitCheckout } from './git-checkout.js';
import { httpRequest } from './http-request.js';
import { logWrite } from './log-write.js';
import { openapiCall } from './openapi-call.js';
import { pipelineArtifacts } from './pipeline-artifacts.js';
import { pipelineCancel } from './pipeline-cancel.js';
import { pipelineRun } from './pipeline-run.js';
import { pipelineTrigger } from './pipeline-trigger.js';
import { pipelineWait } from './pipeline-wait.js';
import { reportJunit } from './report-junit.js';
import { reportMetrics } from './report-metrics.js';
import { riskAssess } from './risk-assess.js';

const DESCRIPTIONS = [
  agentInvoke,
  commandRun,
  gateEvaluate,
  gitCheckout,
  httpRequest,
  logWrite,
  openapiCall,
  pipelineArtifacts,
  pipelineCancel,
  pipelineRun,
  pipelineTrigger,
  pipelineWait,
  reportJunit,
  reportMetrics,
  riskAssess,
] as const;

/** The name of every action; a worker's `Record<ActionName, Action>` lacks none. */
export type ActionName = (typeof DESCRIPTIONS)[number]['name'];

/** Every action that a `uses` step may name, by its name. */
export const ACTIONS: ReadonlyMap<string, ActionDescription> = new Map(
  DESCRIPTIONS.map((description) => [description.name, description]),
);
