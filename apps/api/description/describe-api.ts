import type { INestApplication, Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { DocumentBuilder, getSchemaPath, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { ACCESS, type Access } from '../auth/permit.js';
import { PROBLEM_MEDIA_TYPE } from '../http/exchange.js';
import { PROBLEM_SCHEMA } from '../http/problem.resource.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

/** What every route that is not public may answer with, whatever it is about. */
const REFUSALS = {
  '401': { name: 'Unauthenticated', description: 'Nobody known asks.' },
  '403': { name: 'Forbidden', description: 'Whoever asks may not do this.' },
  '429': { name: 'TooManyRequests', description: 'More than is allowed in this time.' },
} as const;

/** The description of the API, by OpenAPI. */
export function describeApi(app: INestApplication, uiUrl: string | undefined): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setTitle('Sluice')
    .setDescription(
      'A durable workflow platform. Errors are problem+json (RFC 9457); their codes are stable. Each answer has the header x-correlation-id.',
    )
    .setVersion('1')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'A token, or an API key.' }, 'bearer')
    .addApiKey({ type: 'apiKey', in: 'header', name: 'x-api-key' }, 'apiKey')
    .addSecurityRequirements('bearer')
    .addSecurityRequirements('apiKey');
  if (uiUrl !== undefined) builder.setExternalDoc('Temporal Web UI', uiUrl);
  const document = SwaggerModule.createDocument(app, builder.build(), { operationIdFactory: nameOperation });
  const open = findPublicOperations(app);
  for (const operation of operationsOf(document)) {
    if (open.has(operation.operationId ?? '')) operation.security = [];
    else for (const [status, { name }] of Object.entries(REFUSALS)) refer(operation, status, name);
    refer(operation, 'default', 'Problem');
  }
  document.components = { ...document.components, responses: describeResponses() };
  return document;
}

/** `RunController.list` is `runList`. */
function nameOperation(controller: string, method: string): string {
  const resource = controller.replace(/Controller$/, '');
  return `${resource[0]?.toLowerCase()}${resource.slice(1)}${method[0]?.toUpperCase()}${method.slice(1)}`;
}

function operationsOf({ paths }: OpenAPIObject): Operation[] {
  return Object.values(paths).flatMap(({ get, put, post, delete: remove, patch }) =>
    [get, put, post, remove, patch].filter((operation) => operation !== undefined),
  );
}

/** What a route says of itself goes over what is said of all. */
function refer(operation: Operation, status: string, name: string): void {
  operation.responses[status] ??= { $ref: `#/components/responses/${name}` };
}

function describeResponses() {
  const [mediaType = ''] = PROBLEM_MEDIA_TYPE.split(';');
  const content = { [mediaType]: { schema: { $ref: getSchemaPath(PROBLEM_SCHEMA) } } };
  return Object.fromEntries([
    ...Object.values(REFUSALS).map(({ name, description }) => [name, { description, content }]),
    ['Problem', { description: 'Any other problem; its code says which.', content }],
  ]);
}

/** Ids of the operations that need no authentication. */
function findPublicOperations(app: INestApplication): ReadonlySet<string> {
  const open = new Set<string>();
  for (const module of app.get(ModulesContainer).values()) {
    for (const { metatype } of module.controllers.values()) {
      const controller = metatype as Type;
      for (const method of Object.getOwnPropertyNames(controller.prototype)) {
        const handler = (controller.prototype as Record<string, object>)[method];
        if (
          accessOf(handler) === 'public' ||
          (accessOf(handler) === undefined && accessOf(controller) === 'public')
        )
          open.add(nameOperation(controller.name, method));
      }
    }
  }
  return open;
}

function accessOf(target: object | undefined): Access | undefined {
  return target === undefined ? undefined : Reflect.getMetadata(ACCESS, target);
}
