import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { NO_TRACING } from '../../libs/telemetry/tracing.js';
import { composeApp, type Surroundings } from './app.module.js';
import { createDoor } from './auth/create-door.js';
import { requireAccess } from './auth/require-access.js';
import { Description } from './description/description.js';
import { createFastifyAdapter } from './http/fastify-adapter.js';
import { NestLogger } from './http/nest-logger.js';
import { ProblemFilter } from './http/problem-filter.js';
import type { RequestObserver } from './http/request-observer.js';
import { RouteTable } from './http/route-table.js';
import { createValidationPipe } from './http/validation-pipe.js';
import { Metrics } from './observability/metrics.js';
import { traceRequests } from './observability/request-tracing.js';

/** The control plane, not yet listening. `close()` ends its streams and waits for deliveries on their way. */
export async function createApi(surroundings: Surroundings): Promise<NestFastifyApplication> {
  const { logger, configuration, tracing = NO_TRACING } = surroundings;
  const routes = new RouteTable();
  const doors = createDoor(surroundings);
  const observers: RequestObserver[] = [];
  const app = await NestFactory.create<NestFastifyApplication>(
    composeApp(surroundings, doors),
    createFastifyAdapter({ logger, routes, door: doors.door, configuration, observers }),
    { bodyParser: false, logger: new NestLogger(logger), abortOnError: false, forceCloseConnections: true },
  );
  observers.push(app.get(Metrics).requests);
  if (tracing !== NO_TRACING) observers.push(traceRequests(tracing));
  requireAccess(app);
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onClose', () => doors.close());
  app.useGlobalPipes(createValidationPipe());
  app.useGlobalFilters(new ProblemFilter(logger, routes));
  app.get(Description).describe(app, configuration.uiUrl);
  return app;
}
