import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { identityOf } from '../auth/authenticate.js';
import type { ApiRequest } from './exchange.js';

/** Who asks, for which project. */
export interface Caller {
  /** For the audit log: the name of a person, a key or a program. */
  readonly actor: string;
  /** Name of the project that the request is about: nothing outside of it is seen or changed. */
  readonly project: string;
  /** Roles that the caller has in this project, those that only approvals name among them. */
  readonly roles: readonly string[];
  readonly correlationId: string;
  /** Parent of the spans of what the request begins, as the header has it. */
  readonly traceparent?: string | undefined;
}

/** As it was found out when the request came; public routes have none. */
export const RequestCaller = createParamDecorator(
  (_: unknown, context: ExecutionContext): Caller =>
    identityOf(context.switchToHttp().getRequest<ApiRequest>()),
);
