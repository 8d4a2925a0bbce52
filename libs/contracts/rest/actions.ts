import type { JsonObject } from '#domain/json.js';

/**
 * GET /actions: all that a `uses` step may name, as `{ items }`.
 * GET /schemas/definition: the JSON Schema (2020-12) of a definition, application/schema+json, with an ETag.
 */
export interface ActionView {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly queue: string;
  readonly workspace: boolean;
  readonly fillsWorkspace: 'always' | 'never' | 'on-request';
  readonly quick: boolean;
  readonly inline: boolean;
  readonly takesSecrets: boolean;
  /** JSON Schemas (2020-12). */
  readonly input: JsonObject;
  readonly output: JsonObject;
}
