import type { INestApplication, Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { DocumentBuilder, getSchemaPath, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { ACCESS } from '../auth/permit.js';
import { PROBLEM_MEDIA_TYPE } from '../http/exchange.js';
import { PROBLEM_SCHEMA } from '../http/problem.resource.js';
import type { ProblemCodeName } from '../http/problem-codes.js';

type Refusal = (typeof REFUSALS)[keyof typeof REFUSALS];
type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

/** With what every route may refuse, whatever it is about: codes of problems, by status. */
const REFUSALS = {
  '401': { name: 'Unauthenticated', codes: ['credentials-missing', 'credentials-invalid'] },
  '403': { name: 'Forbidden', codes: ['permission-missing'] },
  '429': { name: 'TooManyRequests', codes: ['rate-limited'] },
} as const satisfies Record<string, { readonly name: string; readonly codes: readonly ProblemCodeName[] }>;

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
    const isOpen = open.has(operation.operationId ?? '');
    if (isOpen) operation.security = [];
    for (const [status, refusal] of Object.entries(REFUSALS)) {
      if (!isOpen || status === '429') addRefusal(operation, status, refusal);
    }
    operation.responses['default'] = { $ref: '#/components/responses/Problem' };
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

/** Beside what the route says of itself. */
function addRefusal(operation: Operation, status: string, { name, codes }: Refusal): void {
  const own = operation.responses[status];
  if (own === undefined) operation.responses[status] = { $ref: `#/components/responses/${name}` };
  else if ('description' in own) own.description = [...codes, own.description].join(', ');
}

function describeResponses() {
  const [mediaType = ''] = PROBLEM_MEDIA_TYPE.split(';');
  const content = { [mediaType]: { schema: { $ref: getSchemaPath(PROBLEM_SCHEMA) } } };
  return Object.fromEntries([
    ...Object.values(REFUSALS).map(({ name, codes }) => [name, { description: codes.join(', '), content }]),
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
        if (handler !== undefined && Reflect.getMetadata(ACCESS, handler) === 'public')
          open.add(nameOperation(controller.name, method));
      }
    }
  }
  return open;
}
