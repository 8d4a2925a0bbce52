import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, getSchemaPath, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { describeAccess } from '../auth/describe-access.js';
import { PROBLEM_MEDIA_TYPE } from '../http/exchange.js';
import { PROBLEM_SCHEMA } from '../http/problem.resource.js';
import { addExamples } from './add-examples.js';
import { describeAddresses } from './describe-addresses.js';
import { describeBodies } from './describe-bodies.js';
import { describeLinks } from './describe-links.js';
import examples from './examples.json' with { type: 'json' };

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

/** The description of the API, by OpenAPI. */
export function describeApi(app: INestApplication, uiUrl: string | undefined): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setTitle('Sluice')
    .setDescription(
      'A durable workflow platform. Errors are problem+json (RFC 9457); their codes are stable. Each answer has the header x-correlation-id.',
    )
    .setVersion('1')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0');
  if (uiUrl !== undefined) builder.setExternalDoc('Temporal Web UI', uiUrl);
  const document = SwaggerModule.createDocument(app, builder.build(), { operationIdFactory: nameOperation });
  describeBodies(app, document, nameOperation);
  describeAddresses(document);
  describeLinks(document);
  describeAccess(document);
  for (const { responses } of operationsOf(document)) {
    responses['default'] = { $ref: '#/components/responses/Problem' };
  }
  addExamples(document, examples);
  document.components = { ...document.components, responses: { Problem: describeProblem() } };
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

function describeProblem() {
  const [mediaType = ''] = PROBLEM_MEDIA_TYPE.split(';');
  return {
    description: 'Any other problem; its code says which.',
    content: { [mediaType]: { schema: { $ref: getSchemaPath(PROBLEM_SCHEMA) } } },
  };
}
