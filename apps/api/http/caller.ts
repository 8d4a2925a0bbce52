import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { correlationIdOf } from './correlation.js';
import type { ApiRequest } from './exchange.js';
import { problemError } from './problem.js';

/** Who asks, for the audit log. */
export interface Caller {
  readonly actor: string;
  readonly correlationId: string;
}

const ACTOR_HEADER = 'x-sluice-actor';
const ACTOR = /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,99}$/;

/** Without authentication the name is the caller's word. */
export const RequestCaller = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  const request = context.switchToHttp().getRequest<ApiRequest>();
  const actor = request.headers[ACTOR_HEADER] ?? 'local';
  if (typeof actor !== 'string' || !ACTOR.test(actor)) {
    const message = 'must be letters, digits and . _ @ + -, 100 at most';
    throw problemError('request-invalid', `The header ${ACTOR_HEADER} ${message}.`, {
      errors: [{ path: ACTOR_HEADER, message }],
    });
  }
  return { actor, correlationId: correlationIdOf(request) };
});
