import { type DynamicModule, Module } from '@nestjs/common';
import type { Logger } from 'pino';
import type { DataSource } from 'typeorm';
import { createPlatforms, type Platforms } from '#connectors/cicd/platforms.js';
import type { RunGateway } from '#contracts/temporal-port.js';
import { NO_TRACING, type Tracing } from '../../libs/telemetry/tracing.js';
import { AgentsModule } from './agents/agents.module.js';
import { ApprovalsModule } from './approvals/approvals.module.js';
import { AuditModule } from './audit/audit.module.js';
import { AuthModule } from './auth/auth.module.js';
import { Authenticator } from './auth/authenticate.js';
import type { Doors } from './auth/create-door.js';
import { Door } from './auth/door.js';
import { OwnTokens } from './auth/own-tokens.js';
import { CodecModule } from './codec/codec.module.js';
import type { Configuration } from './configuration.js';
import { DescriptionModule } from './description/description.module.js';
import { FailuresModule } from './failures/failures.module.js';
import { FreezesModule } from './freezes/freezes.module.js';
import { GatesModule } from './gates/gates.module.js';
import { HealthModule } from './health/health.module.js';
import { ImportsModule } from './imports/imports.module.js';
import { IntegrationsModule } from './integrations/integrations.module.js';
import { KeysModule } from './keys/keys.module.js';
import { LiveModule } from './live/live.module.js';
import { ObservabilityModule } from './observability/observability.module.js';
import { OptimisationModule } from './optimisation/optimisation.module.js';
import { PipelinesModule } from './pipelines/pipelines.module.js';
import { PoolsModule } from './pools/pools.module.js';
import { ProjectsModule } from './projects/projects.module.js';
import { RetentionModule } from './retention/retention.module.js';
import { RiskModule } from './risk/risk.module.js';
import { RunsModule } from './runs/runs.module.js';
import { SchedulesModule } from './schedules/schedules.module.js';
import { SchemasModule } from './schemas/schemas.module.js';
import { SettingsModule } from './settings/settings.module.js';
import { TemplatesModule } from './templates/templates.module.js';
import { CONFIGURATION, DATA_SOURCE, LOGGER, PLATFORMS, RUN_GATEWAY, TRACING } from './tokens.js';
import { UsersModule } from './users/users.module.js';
import { WebhooksModule } from './webhooks/webhooks.module.js';
import { WorkflowsModule } from './workflows/workflows.module.js';

/** What the application needs and does not make itself. */
export interface Surroundings {
  readonly configuration: Configuration;
  /** Connected and migrated. */
  readonly dataSource: DataSource;
  readonly gateway: RunGateway;
  readonly logger: Logger;
  /** None where it is absent. */
  readonly tracing?: Tracing;
  /** Those that come with Sluice where it is absent. */
  readonly platforms?: Platforms;
}

@Module({
  imports: [
    AuthModule,
    ObservabilityModule,
    ProjectsModule,
    UsersModule,
    KeysModule,
    SettingsModule,
    WorkflowsModule,
    TemplatesModule,
    ImportsModule,
    RunsModule,
    SchedulesModule,
    LiveModule,
    OptimisationModule,
    ApprovalsModule,
    PoolsModule,
    AgentsModule,
    IntegrationsModule,
    GatesModule,
    RiskModule,
    PipelinesModule,
    WebhooksModule,
    FreezesModule,
    FailuresModule,
    AuditModule,
    RetentionModule,
    SchemasModule,
    CodecModule,
    HealthModule,
    DescriptionModule,
  ],
})
class AppModule {}

/** The application around what it is given, which every module may ask for. */
export function composeApp(surroundings: Surroundings, { door, ownTokens }: Doors): DynamicModule {
  const providers = [
    { provide: Door, useValue: door },
    { provide: Authenticator, useValue: door.authenticator },
    { provide: OwnTokens, useValue: ownTokens },
    { provide: CONFIGURATION, useValue: surroundings.configuration },
    { provide: DATA_SOURCE, useValue: surroundings.dataSource },
    { provide: RUN_GATEWAY, useValue: surroundings.gateway },
    { provide: LOGGER, useValue: surroundings.logger },
    { provide: PLATFORMS, useValue: surroundings.platforms ?? createPlatforms() },
    { provide: TRACING, useValue: surroundings.tracing ?? NO_TRACING },
  ];
  return {
    module: AppModule,
    global: true,
    providers,
    exports: providers.map((provider) => provider.provide),
  };
}
