import type { Json, JsonObject } from '#domain/json.js';
import type { WorkflowView } from './workflows.js';

/**
 * GET /templates: by name; GET and DELETE /templates/{name}. POST /templates takes the text itself and answers 201 (new)
 * or 200 (changed).
 */
export interface TemplateView {
  readonly name: string;
  readonly description?: string;
  readonly tags: readonly string[];
  /** JSON Schema per variable; one without `default` is required. */
  readonly variables: Readonly<Record<string, JsonObject>>;
  /** It comes with the program, and cannot be changed. */
  readonly builtIn: boolean;
  readonly createdBy?: string;
  readonly createdAt?: string;
  readonly updatedAt?: string;
  /** The text; not in lists. */
  readonly source?: string;
}

/** POST /templates/{name}/instantiate: answers 200 with an InstantiationView. */
export interface InstantiateRequest {
  readonly values?: JsonObject;
  /** Whether the definition is stored as a workflow too. */
  readonly save?: boolean;
}

export interface InstantiationView {
  /** YAML. */
  readonly definition: string;
  /** Where it was stored. */
  readonly workflow?: WorkflowView;
}

/** POST /templates/extract: a template made of a definition. Without `variables` nothing is made, only proposed. */
export interface ExtractRequest {
  /** The text of the definition. */
  readonly definition: string;
  /** Of the template; that of the definition where it is absent. */
  readonly name?: string;
  readonly description?: string;
  readonly variables?: readonly { readonly name: string; readonly paths: readonly string[] }[];
}

export interface ExtractionView {
  readonly template?: string;
  readonly proposals: readonly VariableProposal[];
}

export interface VariableProposal {
  readonly name: string;
  /** Where the value stands, as findings write it. */
  readonly paths: readonly string[];
  readonly value: Json;
  readonly because: 'name' | 'address' | 'count' | 'duration' | 'repeated';
}
