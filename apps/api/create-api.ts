import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { composeApp, type Surroundings } from './app.module.js';
import { createDoor } from './auth/create-door.js';
import { requireAccess } from './auth/require-access.js';
import { createFastifyAdapter } from './http/fastify-adapter.js';
import { NestLogger } from './http/nest-logger.js';
import { ProblemFilter } from './http/problem-filter.js';
import { RouteTable } from './http/route-table.js';
import { createValidationPipe } from './http/validation-pipe.js';
import { serveOpenApi } from './openapi.js';

/** The control plane, not yet listening. `close()` ends its streams and waits for deliveries on their way. */
export async function createApi(surroundings: Surroundings): Promise<NestFastifyApplication> {
  const { logger, configuration } = surroundings;
  const routes = new RouteTable();
  const doors = createDoor(surroundings);
  const app = await NestFactory.create<NestFastifyApplication>(
    composeApp(surroundings, doors),
    createFastifyAdapter({ logger, routes, door: doors.door, configuration }),
    { bodyParser: false, logger: new NestLogger(logger), abortOnError: false, forceCloseConnections: true },
  );
  requireAccess(app);
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onClose', () => doors.close());
  app.useGlobalPipes(createValidationPipe());
  app.useGlobalFilters(new ProblemFilter(logger, routes));
  serveOpenApi(app, configuration.uiUrl);
  return app;
}
