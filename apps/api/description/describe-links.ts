import type { OpenAPIObject } from '@nestjs/swagger';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Response = Exclude<NonNullable<Operation['responses']>[string], { readonly $ref: string } | undefined>;
type Methods = Readonly<Record<string, Operation>>;

/** Operations whose answer names what lies elsewhere. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  executeExecute: '/api/v1/runs',
  historyRerun: '/api/v1/runs',
};
const MADE = ['200', '201', '202'];

/**
 * Adds links from what makes a thing to what can be done with it: of a POST at `/things` whose answer has the property
 * by which `/things/{id}` names a thing, to each operation below that needs nothing else of the address.
 */
export function describeLinks({ paths, components }: OpenAPIObject): void {
  for (const [address, path] of Object.entries(paths)) {
    const { post } = path;
    if (post === undefined) continue;
    const collection = ELSEWHERE[post.operationId ?? ''] ?? address;
    const targets = listTargets(paths, collection);
    for (const status of MADE) {
      const response = post.responses[status] as Response | undefined;
      const properties = response && propertiesOf(response, components?.schemas ?? {});
      const links = targets.filter(({ part }) => properties !== undefined && part in properties);
      if (response === undefined || links.length === 0) continue;
      response.links = Object.fromEntries(
        links.map(({ operationId, part }) => [
          operationId,
          { operationId, parameters: { [part]: `$response.body#/${part}` } },
        ]),
      );
    }
  }
}

function listTargets(paths: OpenAPIObject['paths'], collection: string) {
  return Object.entries(paths).flatMap(([address, path]) => {
    const part = /^\/\{(\w+)\}[^{]*$/.exec(address.slice(collection.length))?.[1];
    if (part === undefined || !address.startsWith(`${collection}/`) || collection.includes('{')) return [];
    return Object.values(path as Methods).flatMap(({ operationId }) =>
      operationId === undefined ? [] : [{ operationId, part }],
    );
  });
}

function propertiesOf(
  { content }: Response,
  schemas: NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>,
): object | undefined {
  const schema = content?.['application/json']?.schema;
  if (schema === undefined || !('$ref' in schema)) return undefined;
  const named = schemas[schema.$ref.split('/').at(-1)!];
  return named !== undefined && 'properties' in named ? named.properties : undefined;
}
