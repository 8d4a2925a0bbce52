import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { JsonObject } from '#domain/json.js';
import { type AgentFields, AgentRepository, type AgentRow } from '#persistence/agents/agent-repository.js';
import { AuditRepository } from '#persistence/repositories/audit-repository.js';
import type { Caller } from '../http/caller.js';
import { problemError } from '../http/problem.js';
import { DATA_SOURCE } from '../tokens.js';
import type { AgentBody, AgentChangeBody } from './agent.body.js';
import { readAuth } from './agent-auth.js';
import { agentNotFound } from './find-agent.js';

const MAX_AGENTS = 1_000;
const DEFAULTS = {
  healthUrl: null,
  description: null,
  timeoutMs: 30_000,
  retry: { attempts: 3, pauseMs: 1_000 },
  status: 'active',
} as const;

/** Registers agents, changes and removes them. */
@Injectable()
export class ChangeAgent {
  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  /** Throws SluiceError `request-invalid`, `agent-name-taken`, `agent-limit-reached`. */
  async create({ reason, ...body }: AgentBody, caller: Caller): Promise<AgentRow> {
    const fields: AgentFields = {
      ...DEFAULTS,
      ...given(body),
      auth: readAuth(body.auth),
    };
    return this.dataSource.transaction(async (manager) => {
      const agents = new AgentRepository(manager);
      if ((await agents.count(caller.project)) >= MAX_AGENTS) {
        throw problemError('agent-limit-reached', `There are ${MAX_AGENTS} agents already.`);
      }
      const agent = await agents.add(caller.project, fields, caller.actor);
      if (agent === undefined) throw nameTaken(fields.name);
      await new AuditRepository(manager).add({
        ...caller,
        action: 'agent.create',
        objectType: 'agent',
        objectId: agent.id,
        after: describe(agent),
        reason,
      });
      return agent;
    });
  }

  /** What the body does not name stays. Throws SluiceError `agent-not-found`, `request-invalid`, `agent-name-taken`. */
  async change(idOrName: string, { reason, ...body }: AgentChangeBody, caller: Caller): Promise<AgentRow> {
    return this.dataSource.transaction(async (manager) => {
      const agents = new AgentRepository(manager);
      const before = await agents.find(caller.project, idOrName, true);
      if (before === undefined) throw agentNotFound();
      const said = given(body);
      const auth = body.auth === undefined ? before.auth : readAuth(body.auth);
      const fields: AgentFields = { ...before, ...said, auth };
      if (!(await agents.change(before.id, fields))) throw nameTaken(fields.name);
      const after = (await agents.find(caller.project, before.id))!;
      await new AuditRepository(manager).add({
        ...caller,
        action: 'agent.change',
        objectType: 'agent',
        objectId: before.id,
        before: describe(before),
        after: describe(after),
        reason,
      });
      return after;
    });
  }

  /** Runs that are under way at it go on. Throws SluiceError `agent-not-found`. */
  async remove(idOrName: string, caller: Caller): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const agents = new AgentRepository(manager);
      const before = await agents.find(caller.project, idOrName, true);
      if (before === undefined) throw agentNotFound();
      await agents.remove(before.id);
      await new AuditRepository(manager).add({
        ...caller,
        action: 'agent.delete',
        objectType: 'agent',
        objectId: before.id,
        before: describe(before),
      });
    });
  }
}

/** What was said: a body has every field, undefined where nothing was. */
function given<Body extends object>(body: Body): { [F in keyof Body]: Exclude<Body[F], undefined> } {
  const said = Object.entries(body).filter(([, value]) => value !== undefined);
  return Object.fromEntries(said) as { [F in keyof Body]: Exclude<Body[F], undefined> };
}

function nameTaken(name: string): Error {
  return problemError('agent-name-taken', `The project has an agent ${name} already.`);
}

function describe({
  name,
  url,
  healthUrl,
  description,
  auth,
  timeoutMs,
  retry,
  status,
}: AgentRow): JsonObject {
  return {
    name,
    url,
    healthUrl,
    description,
    auth: { ...auth },
    timeoutMs,
    retry: { ...retry },
    status,
  } as JsonObject;
}
