import type { IncomingMessage } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import type { Configuration } from '../configuration.js';
import type { Caller } from '../http/caller.js';
import { correlationIdOf } from '../http/correlation.js';
import type { ApiRequest } from '../http/exchange.js';
import { problemError } from '../http/problem.js';
import { type RoleTable, requireRoles, rolesOf } from '../http/roles.js';
import { traceparentOf } from '../http/trace.js';
import { CONFIGURATION } from '../tokens.js';

const ACTOR_HEADER = 'x-sluice-actor';
const ACTOR = /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,99}$/;
const PROJECT_HEADER = 'x-sluice-project';
const PROJECT = /^[a-z][a-z0-9-]{0,62}$/;
/** The project of requests that name none. */
const DEFAULT_PROJECT = 'default';

const callers = new WeakMap<IncomingMessage, Caller>();

/** As the guard found it out. */
export function callerOf(request: Pick<ApiRequest, 'raw'>): Caller {
  const caller = callers.get(request.raw);
  if (caller === undefined) throw new Error('the caller of a route was asked for before its guard');
  return caller;
}

/** Finds out who asks. */
@Injectable()
export class Authenticator {
  private readonly roles: RoleTable;

  constructor(@Inject(CONFIGURATION) configuration: Pick<Configuration, 'roles'>) {
    this.roles = requireRoles(configuration.roles);
  }

  /** The name is the caller's word. Throws SluiceError `request-invalid`. */
  async authenticate(request: ApiRequest): Promise<Caller> {
    const actor = readHeader(request, ACTOR_HEADER, ACTOR, 'letters, digits and . _ @ + -, 100 at most');
    const project = readHeader(
      request,
      PROJECT_HEADER,
      PROJECT,
      'a letter, then letters, digits and -, in lower case, 63 at most',
    );
    const caller: Caller = {
      actor: actor ?? 'local',
      project: project ?? DEFAULT_PROJECT,
      roles: rolesOf(this.roles, actor ?? 'local'),
      correlationId: correlationIdOf(request),
      traceparent: traceparentOf(request),
    };
    callers.set(request.raw, caller);
    return caller;
  }
}

function readHeader(request: ApiRequest, name: string, form: RegExp, words: string): string | undefined {
  const value = request.headers[name];
  if (value === undefined) return undefined;
  if (typeof value === 'string' && form.test(value)) return value;
  const message = `must be ${words}`;
  throw problemError('request-invalid', `The header ${name} ${message}.`, {
    errors: [{ path: name, message }],
  });
}
