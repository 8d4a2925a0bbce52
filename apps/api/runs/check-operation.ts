import { ACTIONS } from '#contracts/catalogue/catalogue.js';
import { checkInputs } from '#domain/definition/check-inputs.js';
import type { Operation, OperationRequest, Refusal } from '#domain/execution/operation.js';
import type { Json, JsonObject } from '#domain/json.js';
import type { Plan, PlanNode } from '#domain/plan/plan.js';
import { findInstance } from '#domain/rerun/places.js';
import { compileSchemaOnce } from '#domain/validation/json-schema.js';
import { type FieldError, problemError } from '../http/problem.js';

export type CheckedOperation =
  | { readonly request: OperationRequest; readonly refusal?: undefined }
  | { readonly refusal: Refusal };

const MAX_ERRORS = 100;

/**
 * What can be said of an operation by the plan alone: its step is there, its values fit their schemas; defaults are filled
 * in. Throws SluiceError `step-not-found`, `inputs-invalid`, `request-invalid`.
 */
export function checkOperation(plan: Plan, request: OperationRequest): CheckedOperation {
  switch (request.type) {
    case 'approve':
    case 'reject':
      return { request: checkDecision(requireNode(plan, request.step), request) };
    case 'retry-step':
      return checkRetry(requireNode(plan, request.step), request);
    case 'complete-step':
      return { request: checkOutput(requireNode(plan, request.step), request) };
    case 'skip-step':
      requireNode(plan, request.step);
      return { request };
    default:
      return { request };
  }
}

type RequestOf<T extends Operation['type']> = Extract<OperationRequest, { readonly type: T }>;

function requireNode(plan: Plan, key: string): PlanNode {
  const instance = findInstance(plan, key);
  if (instance === undefined) throw problemError('step-not-found', 'The run has no step of this key.');
  return instance.node;
}

/** Who rejects may leave open what is asked. */
function checkDecision(node: PlanNode, request: RequestOf<'approve' | 'reject'>): OperationRequest {
  if (node.kind !== 'approval') return request;
  const given = request.inputs ?? {};
  const asked = Object.entries(node.inputs ?? {}).filter(
    ([name]) => request.type === 'approve' || Object.hasOwn(given, name),
  );
  const checked = checkInputs(Object.fromEntries(asked), given, 'approval');
  if (checked.errors !== undefined) {
    const text = checked.errors.map((error) => `${error.path} ${error.message}`).join(' ');
    throw problemError('inputs-invalid', text.slice(0, 1_000), { errors: checked.errors });
  }
  return Object.keys(checked.inputs).length === 0 ? request : { ...request, inputs: checked.inputs };
}

function checkRetry(node: PlanNode, request: RequestOf<'retry-step'>): CheckedOperation {
  // What another workflow takes in, its own version checks.
  if (request.with === undefined || node.kind === 'workflow') return { request };
  const schema = node.kind === 'uses' ? ACTIONS.get(node.action)?.input : undefined;
  if (schema === undefined) {
    const message = `${request.step} has no input that could be edited.`;
    const fits = 'A step that runs an action or a workflow.';
    return { refusal: { code: 'operation-invalid', message, fits } };
  }
  requireFit('with', schema, request.with);
  return { request };
}

function checkOutput(node: PlanNode, request: RequestOf<'complete-step'>): OperationRequest {
  if (node.kind === 'uses' && node.outputSchema !== undefined) {
    requireFit('output', node.outputSchema, request.output);
  }
  return request;
}

function requireFit(name: string, schema: JsonObject, value: Json): void {
  const compiled = compileSchemaOnce(schema);
  const problems = compiled.ok ? compiled.check(value) : compiled.problems;
  if (problems.length === 0) return;
  const errors = problems.slice(0, MAX_ERRORS).map(
    ({ path, message }): FieldError => ({
      path: [name, ...path].join('.'),
      message,
    }),
  );
  const text = errors.map((error) => `${error.path} ${error.message}`).join('; ');
  throw problemError('request-invalid', text.slice(0, 1_000), { errors });
}
