import type { WebhookAction } from '#contracts/webhooks.js';
import { analyse } from '#domain/expressions/analyse.js';
import { evaluate, evaluateTemplate, type Scope } from '#domain/expressions/evaluate.js';
import { parseTemplate } from '#domain/expressions/template.js';
import type { Json, JsonObject } from '#domain/json.js';
import type { Expression } from '#domain/plan/plan.js';
import type { FieldError } from '../http/problem.js';
import type { ReceivedEvent } from './received-event.js';

/** What an expression of a webhook may name. */
const EVENT_ROOTS = ['event', 'headers', 'body'] as const;

/** Steps of evaluation for all expressions of one delivery. */
const BUDGET = 300_000;
const MOST_INPUTS = 1 << 20;
const MOST_DATA = 256 * 1024;
const MOST_KEY = 500;
const EVENT_NAME = /^(?=.*\S)\P{Cc}{1,200}$/u;
const RUN_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

interface Refused {
  readonly does: 'refuse';
  readonly code: string;
  readonly message: string;
}

/** What is to be done about an event. */
export type Decision =
  | { readonly does: 'nothing' }
  | Refused
  | { readonly does: 'start'; readonly inputs: JsonObject }
  | { readonly does: 'send'; readonly name: string; readonly data: Json; readonly run: string | undefined };

interface Rules {
  readonly filter: string | null;
  readonly action: WebhookAction;
}

export function decideEvent({ filter, action }: Rules, received: ReceivedEvent): Decision {
  const scope = scopeOf(received);
  if (filter !== null) {
    const meant = evaluate(toExpression(filter), scope);
    if (!meant.ok) return refuse('filter-failed', `The filter could not be evaluated: ${meant.message}`);
    if (typeof meant.value !== 'boolean')
      return refuse('filter-failed', 'The filter is neither true nor false.');
    if (!meant.value) return { does: 'nothing' };
  }
  return action.type === 'start' ? decideStart(action, scope) : decideSend(action, scope);
}

/** What tells the delivery apart, by the webhook's own rule; undefined where it cannot be told. */
export function evaluateKey(rule: string, received: ReceivedEvent): string | undefined {
  const key = evaluate(toExpression(rule), scopeOf(received));
  if (!key.ok || key.value === null || typeof key.value === 'object') return undefined;
  const text = String(key.value);
  return text !== '' && text.length <= MOST_KEY && !/\p{Cc}/u.test(text) ? text : undefined;
}

/** What makes a rule of a webhook no rule, wherever it stands. */
export function checkRules(rules: {
  readonly filter: string | null;
  readonly deliveryKey: string | null;
  readonly action: WebhookAction;
}): FieldError[] {
  const { filter, deliveryKey, action } = rules;
  return [
    ...(filter === null ? [] : checkExpression(toExpression(filter), 'filter')),
    ...(deliveryKey === null ? [] : checkExpression(toExpression(deliveryKey), 'deliveryKey')),
    ...checkTemplate(action as unknown as Json),
  ];
}

function checkTemplate(action: Json): FieldError[] {
  const { problems, expressions } = parseTemplate(action);
  const place = (path: readonly (string | number)[]) => ['action', ...path].join('.');
  return [
    ...problems.map(({ path, message }) => ({ path: place(path), message })),
    ...expressions.flatMap(({ path, expression }) => checkExpression(expression, place(path))),
  ];
}

function checkExpression(expression: Expression, path: string): FieldError[] {
  const read = analyse(expression);
  if (!read.ok) return [{ path, message: `is no expression: ${read.message}` }];
  const { names, asksStatus } = read.references;
  const unknown = names.find((name) => !EVENT_ROOTS.some((root) => root === name));
  if (unknown !== undefined) {
    return [{ path, message: `names ${unknown}, where there are only ${EVENT_ROOTS.join(', ')}` }];
  }
  return asksStatus ? [{ path, message: 'asks how steps ended, where there are none' }] : [];
}

function decideStart(action: Extract<WebhookAction, { readonly type: 'start' }>, scope: Scope): Decision {
  const inputs = evaluateTemplate(parseTemplate(action.inputs as JsonObject).template, scope);
  if (!inputs.ok) return refuse('mapping-failed', `The inputs could not be evaluated: ${inputs.message}`);
  if (JSON.stringify(inputs.value).length > MOST_INPUTS) {
    return refuse('mapping-failed', 'The inputs come to more than 1 MiB of JSON.');
  }
  return { does: 'start', inputs: inputs.value as JsonObject };
}

function decideSend(action: Extract<WebhookAction, { readonly type: 'send' }>, scope: Scope): Decision {
  const { event, data, run = null } = action;
  const told = evaluateTemplate(parseTemplate({ event, data, run }).template, scope);
  if (!told.ok) return refuse('mapping-failed', `What is sent could not be evaluated: ${told.message}`);
  const { event: name, data: value, run: target } = told.value as { event: Json; data: Json; run: Json };
  if (typeof name !== 'string' || !EVENT_NAME.test(name)) {
    return refuse('mapping-failed', 'The name of what is sent is no text of 1 to 200 characters.');
  }
  if (JSON.stringify(value).length > MOST_DATA) {
    return refuse('mapping-failed', 'The data of what is sent come to more than 256 KiB of JSON.');
  }
  if (run === null) return { does: 'send', name, data: value, run: undefined };
  if (typeof target !== 'string' || !RUN_ID.test(target)) {
    return refuse('mapping-failed', 'The run that it is sent to is named by something other than its id.');
  }
  return { does: 'send', name, data: value, run: target.toLowerCase() };
}

function refuse(code: string, message: string): Refused {
  return { does: 'refuse', code, message };
}

function scopeOf({ event, headers, body }: ReceivedEvent): Scope {
  const roots: Readonly<Record<string, Json>> = { event: { ...event }, headers: { ...headers }, body };
  return {
    lookup: (name) => (Object.hasOwn(roots, name) ? roots[name] : undefined),
    step: () => undefined,
    budget: { left: BUDGET },
  };
}

function toExpression(source: string): Expression {
  return { dialect: 'cel', source };
}
