import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { AgentRepository, type AgentRow } from '#persistence/agents/agent-repository.js';
import { problemError } from '../http/problem.js';
import { DATA_SOURCE } from '../tokens.js';

@Injectable()
export class FindAgent {
  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  /** By id or name. Throws SluiceError `agent-not-found`. */
  async require(project: string, idOrName: string): Promise<AgentRow> {
    const agent = await new AgentRepository(this.dataSource.manager).find(project, idOrName);
    if (agent === undefined) throw agentNotFound();
    return agent;
  }
}

export function agentNotFound(): Error {
  return problemError('agent-not-found', 'No agent has this id or name.');
}
