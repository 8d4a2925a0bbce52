import type { OpenAPIObject } from '@nestjs/swagger';
import { PROBLEM_CODES, type ProblemCodeName } from '../http/problem-codes.js';

/** Of every operation that is not public: its permission. */
export const PERMISSION_EXTENSION = 'x-sluice-permission';

const SCHEME = 'bearer';
/** Of what agents ask, who have a token for each piece of work. */
export const CALLBACK_SCHEME = 'callback';
const ANSWERS: readonly (readonly ProblemCodeName[])[] = [
  ['credentials-missing', 'credentials-invalid'],
  ['permission-missing'],
  ['project-not-found'],
  ['rate-limited'],
];
const METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const;

/** Adds to the description how to get in, and of every operation that is not public the refusals at the door. */
export function describeAccess(document: OpenAPIObject): void {
  document.components = {
    ...document.components,
    securitySchemes: {
      ...document.components?.securitySchemes,
      [SCHEME]: { type: 'http', scheme: 'bearer', description: 'An API key, or a token.' },
      [CALLBACK_SCHEME]: {
        type: 'http',
        scheme: 'bearer',
        description: 'The token that an agent was given with the work.',
      },
    },
  };
  for (const path of Object.values(document.paths)) {
    for (const method of METHODS) {
      const operation = path[method];
      if (operation === undefined) continue;
      operation.security ??= [];
      if (!(PERMISSION_EXTENSION in operation)) continue;
      operation.security = [{ [SCHEME]: [] }];
      for (const codes of ANSWERS) addAnswer(operation.responses, codes);
      operation.responses['503'] ??= toResponse(['database-unavailable']);
    }
  }
}

function addAnswer(responses: OpenApiResponses, codes: readonly ProblemCodeName[]): void {
  const status = String(PROBLEM_CODES[codes[0]!].status);
  const known = responses[status];
  if (known === undefined) responses[status] = toResponse(codes);
  else if ('description' in known) known.description = [known.description, ...codes].join(', ');
}

type OpenApiResponses = NonNullable<NonNullable<OpenAPIObject['paths'][string]['get']>['responses']>;

function toResponse(codes: readonly ProblemCodeName[]) {
  const schema = { $ref: '#/components/schemas/ProblemResource' };
  return { description: codes.join(', '), content: { 'application/problem+json': { schema } } };
}
