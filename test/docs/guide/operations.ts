import { readDocument } from '../markdown.js';

/** An operation of schema/openapi.json. */
export interface DescribedOperation {
  readonly id: string;
  readonly method: string;
  /** With its places, as `/api/v1/runs/{id}`. */
  readonly path: string;
  /** Statuses that it may answer with; `default` among them. */
  readonly statuses: readonly string[];
}

export function readOperations(): DescribedOperation[] {
  const { paths } = JSON.parse(readDocument('schema/openapi.json')) as {
    paths: Record<string, Record<string, { operationId: string; responses: Record<string, unknown> }>>;
  };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId, responses }]) => ({
      id: operationId,
      method: method.toUpperCase(),
      path,
      statuses: Object.keys(responses),
    })),
  );
}

/** The one that a first line of a request, as `GET /api/v1/runs/$RUN?limit=2`, is about. */
export function findOperation(
  operations: readonly DescribedOperation[],
  first: string,
): DescribedOperation | undefined {
  const [method, target = ''] = first.split(' ');
  const segments = target.split('?', 1)[0]!.split('/');
  const fits = (path: string) => {
    const places = path.split('/');
    return (
      places.length === segments.length &&
      places.every((place, index) => /^\{.*\}$/.test(place) || place === segments[index])
    );
  };
  // The one with the fewest places: `/runs/statistics` is none of `/runs/{id}`.
  return operations
    .filter((operation) => operation.method === method && fits(operation.path))
    .sort((one, other) => one.path.split('{').length - other.path.split('{').length)[0];
}
