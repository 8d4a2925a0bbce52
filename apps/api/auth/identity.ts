import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Caller } from '../http/caller.js';
import type { ApiRequest } from '../http/exchange.js';
import { identityOf } from './authenticate.js';

/** By what somebody got in; who shows a ticket, by what whoever it was given to did. */
export interface Means {
  readonly kind: 'key' | 'token' | 'issuer' | 'open';
  /** Of the key, or of the person that an issuer vouches for. */
  readonly id: string;
}

/** A caller, and what only the doors need to know of it. */
export interface Identity extends Caller {
  /** Roles that hold in every project. */
  readonly everywhere: readonly string[];
  readonly means: Means;
  /** Name of the person, where it is one. */
  readonly user: string | undefined;
}

/** As the guard found it out. */
export const RequestIdentity = createParamDecorator(
  (_: unknown, context: ExecutionContext): Identity =>
    identityOf(context.switchToHttp().getRequest<ApiRequest>()),
);
