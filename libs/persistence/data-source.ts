import { DataSource } from 'typeorm';
import { Agent } from './entities/agent.entity.js';
import { AgentInvocation } from './entities/agent-invocation.entity.js';
import { ApiKey } from './entities/api-key.entity.js';
import { AuditChain } from './entities/audit-chain.entity.js';
import { AuditEntry } from './entities/audit-entry.entity.js';
import { Claim } from './entities/claim.entity.js';
import { EventDelivery } from './entities/event-delivery.entity.js';
import { Freeze } from './entities/freeze.entity.js';
import { StoredGate } from './entities/gate.entity.js';
import { GateBypass } from './entities/gate-bypass.entity.js';
import { StoredGateResult } from './entities/gate-result.entity.js';
import { GateVersion } from './entities/gate-version.entity.js';
import { Integration } from './entities/integration.entity.js';
import { Member } from './entities/member.entity.js';
import { OutboxMessage } from './entities/outbox-message.entity.js';
import { PipelineExecution } from './entities/pipeline-execution.entity.js';
import { PipelineJobRow } from './entities/pipeline-job.entity.js';
import { Project } from './entities/project.entity.js';
import { ResourcePool } from './entities/resource-pool.entity.js';
import { RetentionPass } from './entities/retention-pass.entity.js';
import { RetentionPolicy } from './entities/retention-policy.entity.js';
import { StoredAssessment } from './entities/risk-assessment.entity.js';
import { AssessmentVersion } from './entities/risk-assessment-version.entity.js';
import { StoredEnvironment } from './entities/risk-environment.entity.js';
import { StoredRiskModel } from './entities/risk-model.entity.js';
import { RiskOutcome } from './entities/risk-outcome.entity.js';
import { RiskStep } from './entities/risk-step.entity.js';
import { Run } from './entities/run.entity.js';
import { RunCheckpoint } from './entities/run-checkpoint.entity.js';
import { RunEvent } from './entities/run-event.entity.js';
import { RunStep } from './entities/run-step.entity.js';
import { Schedule } from './entities/schedule.entity.js';
import { ScheduleOrder } from './entities/schedule-order.entity.js';
import { ScheduleTick } from './entities/schedule-tick.entity.js';
import { StepAttempt } from './entities/step-attempt.entity.js';
import { StepLog } from './entities/step-log.entity.js';
import { StoredValue } from './entities/stored-value.entity.js';
import { StoredValuePart } from './entities/stored-value-part.entity.js';
import { StreamTicket } from './entities/stream-ticket.entity.js';
import { SavedTemplate } from './entities/template.entity.js';
import { User } from './entities/user.entity.js';
import { Webhook } from './entities/webhook.entity.js';
import { WebhookDelivery } from './entities/webhook-delivery.entity.js';
import { WebhookMessage } from './entities/webhook-message.entity.js';
import { Worker } from './entities/worker.entity.js';
import { Workflow } from './entities/workflow.entity.js';
import { WorkflowAlias } from './entities/workflow-alias.entity.js';
import { WorkflowAliasMove } from './entities/workflow-alias-move.entity.js';
import { WorkflowPublication } from './entities/workflow-publication.entity.js';
import { WorkflowVersion } from './entities/workflow-version.entity.js';
import { Workspace } from './entities/workspace.entity.js';
import { CreateStore1763683200000 } from './migrations/1763683200000-create-store.js';
import { RunOperations1763769600000 } from './migrations/1763769600000-run-operations.js';
import { Claims1763773200000 } from './migrations/1763773200000-claims.js';
import { Objects1763776800000 } from './migrations/1763776800000-objects.js';
import { WorkspacePools1763780400000 } from './migrations/1763780400000-workspace-pools.js';
import { Versions1763784000000 } from './migrations/1763784000000-versions.js';
import { Failures1763787600000 } from './migrations/1763787600000-failures.js';
import { Templates1763791200000 } from './migrations/1763791200000-templates.js';
import { RunOrigins1763798400000 } from './migrations/1763798400000-run-origins.js';
import { StreamTickets1763802000000 } from './migrations/1763802000000-stream-tickets.js';
import { Deliveries1763805600000 } from './migrations/1763805600000-deliveries.js';
import { Access1763809200000 } from './migrations/1763809200000-access.js';
import { ProjectSettings1763812800000 } from './migrations/1763812800000-project-settings.js';
import { DeletedWorkflows1763816400000 } from './migrations/1763816400000-deleted-workflows.js';
import { ListIndexes1763817000000 } from './migrations/1763817000000-list-indexes.js';
import { AuditChain1763823600000 } from './migrations/1763823600000-audit-chain.js';
import { Retention1763827200000 } from './migrations/1763827200000-retention.js';
import { KeptIndexes1763830000000 } from './migrations/1763830000000-kept-indexes.js';
import { Agents1763834400000 } from './migrations/1763834400000-agents.js';
import { Schedules1763838000000 } from './migrations/1763838000000-schedules.js';
import { Webhooks1763841600000 } from './migrations/1763841600000-webhooks.js';
import { TicketMeans1763847000000 } from './migrations/1763847000000-ticket-means.js';
import { FailureOrder1763848000000 } from './migrations/1763848000000-failure-order.js';
import { Integrations1763849000000 } from './migrations/1763849000000-integrations.js';
import { IntegrationDeliveries1763849100000 } from './migrations/1763849100000-integration-deliveries.js';
import { PipelineExecutions1763849500000 } from './migrations/1763849500000-pipeline-executions.js';
import { PipelineAttempts1763850000000 } from './migrations/1763850000000-pipeline-attempts.js';
import { Gates1763852000000 } from './migrations/1763852000000-gates.js';
import { Risk1763853000000 } from './migrations/1763853000000-risk.js';
import { GateResultsOfSteps1763854000000 } from './migrations/1763854000000-gate-results-of-steps.js';
import { SnakeCaseNaming } from './naming-strategy.js';
import { SteadyClient } from './steady-client.js';

/** How a program uses the database; times in milliseconds. */
export interface DatabaseOptions {
  /** Connections that are open at most. */
  readonly poolSize: number;
  /** How the program is called in `pg_stat_activity`. */
  readonly applicationName?: string;
  /** How long opening a connection may take. */
  readonly connectTimeoutMs?: number;
  /** How long a connection that nobody uses is kept. */
  readonly idleTimeoutMs?: number;
  /** How long a statement may run; 0 is as long as it likes. */
  readonly statementTimeoutMs?: number;
  /** How long a statement may wait for what another transaction holds; 0 is as long as it likes. */
  readonly lockTimeoutMs?: number;
}

/** In the order of their names. */
const ENTITIES = [
  Agent,
  AgentInvocation,
  ApiKey,
  AssessmentVersion,
  AuditChain,
  AuditEntry,
  Claim,
  EventDelivery,
  Freeze,
  GateBypass,
  GateVersion,
  Integration,
  Member,
  OutboxMessage,
  PipelineExecution,
  PipelineJobRow,
  Project,
  ResourcePool,
  RetentionPass,
  RetentionPolicy,
  RiskOutcome,
  RiskStep,
  Run,
  RunCheckpoint,
  RunEvent,
  RunStep,
  SavedTemplate,
  Schedule,
  ScheduleOrder,
  ScheduleTick,
  StepAttempt,
  StepLog,
  StoredAssessment,
  StoredEnvironment,
  StoredGate,
  StoredGateResult,
  StoredRiskModel,
  StoredValue,
  StoredValuePart,
  StreamTicket,
  User,
  Webhook,
  WebhookDelivery,
  WebhookMessage,
  Worker,
  Workflow,
  WorkflowAlias,
  WorkflowAliasMove,
  WorkflowPublication,
  WorkflowVersion,
  Workspace,
];

/** In the order in which they were written. */
const MIGRATIONS = [
  CreateStore1763683200000,
  RunOperations1763769600000,
  Claims1763773200000,
  Objects1763776800000,
  WorkspacePools1763780400000,
  Versions1763784000000,
  Failures1763787600000,
  Templates1763791200000,
  RunOrigins1763798400000,
  StreamTickets1763802000000,
  Deliveries1763805600000,
  Access1763809200000,
  ProjectSettings1763812800000,
  DeletedWorkflows1763816400000,
  ListIndexes1763817000000,
  AuditChain1763823600000,
  Retention1763827200000,
  KeptIndexes1763830000000,
  Agents1763834400000,
  Schedules1763838000000,
  Webhooks1763841600000,
  TicketMeans1763847000000,
  FailureOrder1763848000000,
  Integrations1763849000000,
  IntegrationDeliveries1763849100000,
  PipelineExecutions1763849500000,
  PipelineAttempts1763850000000,
  Gates1763852000000,
  Risk1763853000000,
  GateResultsOfSteps1763854000000,
];

/** Not yet connected: `await dataSource.initialize()`, and `destroy()` at the end. */
export function createDataSource(url: string, options: DatabaseOptions): DataSource {
  const { statementTimeoutMs = 0, lockTimeoutMs = 0, idleTimeoutMs = 10_000 } = options;
  return new DataSource({
    type: 'postgres',
    url,
    poolSize: options.poolSize,
    connectTimeoutMS: options.connectTimeoutMs ?? 5_000,
    applicationName: options.applicationName ?? 'sluice',
    extra: {
      Client: SteadyClient,
      idleTimeoutMillis: idleTimeoutMs,
      ...(statementTimeoutMs === 0 ? {} : { statement_timeout: statementTimeoutMs }),
      ...(lockTimeoutMs === 0 ? {} : { lock_timeout: lockTimeoutMs }),
    },
    namingStrategy: new SnakeCaseNaming(),
    // The pool drops the connection by itself; the next query reports what is wrong.
    poolErrorHandler: () => undefined,
    entities: ENTITIES,
    migrations: MIGRATIONS,
    migrationsTransactionMode: 'each',
  });
}
