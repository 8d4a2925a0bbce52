import type { PipelineWorld } from '#connectors/cicd/pipeline-world.js';
import type { SafeClient } from '#connectors/http/safe-client.js';
import type { AgentWorld } from '#contracts/agents.js';
import type { ActionName } from '#contracts/catalogue/catalogue.js';
import type { GateWorld } from '#contracts/judgement/gate-store.js';
import type { RiskAssessor } from '#contracts/judgement/risk-report.js';
import type { Action } from '#contracts/ports.js';
import { createPipelineCancel } from './cicd/pipeline-cancel.js';
import { createPipelineRun } from './cicd/pipeline-run.js';
import { createPipelineTrigger } from './cicd/pipeline-trigger.js';
import { createPipelineWait } from './cicd/pipeline-wait.js';
import { createCommandRun } from './command/command-run.js';
import { createGitCheckout } from './command/git-checkout.js';
import { createPipelineArtifacts } from './command/pipeline-artifacts.js';
import type { CommandHost } from './command/process/command-host.js';
import { readTestReports } from './command/report-junit.js';
import { readMetricReports } from './command/report-metrics.js';
import { createRiskAssess } from './command/risk-assess.js';
import { createAgentInvoke } from './http/agent/agent-invoke.js';
import { createHttpRequest } from './http/http-request.js';
import { createOpenapiCall } from './http/openapi/openapi-call.js';
import { writeLog } from './orchestration/log-write.js';
import { createGateEvaluate } from './quality/gate-evaluate.js';

/** One row per action of the catalogue. */
export type Actions = { readonly [N in ActionName]: Action };

/** Every action of the catalogue, in the world that a program has for them. */
export function createActions(world: {
  readonly client: SafeClient;
  readonly host: CommandHost;
  readonly risk: RiskAssessor;
  readonly gates: GateWorld;
  /** Absent where there is no server that knows agents. */
  readonly agents?: AgentWorld;
  /** The same for integrations. */
  readonly pipelines?: PipelineWorld;
}): Actions {
  const { client, host, risk, gates, agents, pipelines } = world;
  return {
    'log/write': writeLog,
    'agent/invoke': createAgentInvoke(agents),
    'http/request': createHttpRequest(client),
    'openapi/call': createOpenapiCall(client),
    'gate/evaluate': createGateEvaluate((request) => client.send(request), gates),
    'git/checkout': createGitCheckout(host),
    'command/run': createCommandRun(host),
    'pipeline/artifacts': createPipelineArtifacts(pipelines),
    'pipeline/cancel': createPipelineCancel(pipelines),
    'pipeline/run': createPipelineRun(pipelines),
    'pipeline/trigger': createPipelineTrigger(pipelines),
    'pipeline/wait': createPipelineWait(pipelines),
    'report/junit': readTestReports,
    'report/metrics': readMetricReports,
    'risk/assess': createRiskAssess(risk),
  };
}
