import { Inject, Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import type { ProjectChange, ProjectRequest } from '#contracts/rest/projects.js';
import type { Json } from '#domain/json.js';
import { AuditRepository } from '#persistence/repositories/audit-repository.js';
import { ProjectRepository, type ProjectRow } from '#persistence/repositories/project-repository.js';
import type { Caller } from '../http/caller.js';
import { problemError } from '../http/problem.js';
import { DATA_SOURCE } from '../tokens.js';

/** Makes, changes and removes projects. */
@Injectable()
export class ChangeProject {
  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  /** Throws SluiceError `project-taken`. */
  async create({ name, description, reason }: ProjectRequest, caller: Caller): Promise<ProjectRow> {
    return this.dataSource.transaction(async (manager) => {
      const projects = new ProjectRepository(manager);
      const added = await projects.add({ name, description: description ?? null, createdBy: caller.actor });
      if (!added) throw problemError('project-taken', `There is a project ${name}.`);
      const after = { description: description ?? null };
      await record(manager, caller, 'project.create', name, { after, reason });
      return (await projects.find(name))!;
    });
  }

  /** Throws SluiceError `project-not-found`. */
  async describe(name: string, { description, reason }: ProjectChange, caller: Caller): Promise<ProjectRow> {
    return this.dataSource.transaction(async (manager) => {
      const projects = new ProjectRepository(manager);
      const before = await requireLocked(projects, name);
      await projects.describe(name, description);
      const change = { before: { description: before.description }, after: { description }, reason };
      await record(manager, caller, 'project.change', name, change);
      return (await projects.find(name))!;
    });
  }

  /** Throws SluiceError `project-not-found`, `project-not-empty`. */
  async remove(name: string, caller: Caller): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const projects = new ProjectRepository(manager);
      const { description } = await requireLocked(projects, name);
      const holders = await projects.findHolders(name);
      if (holders.length > 0) {
        throw problemError('project-not-empty', `The project ${name} has rows in ${holders.join(', ')}.`);
      }
      await projects.remove(name);
      await record(manager, caller, 'project.delete', name, { before: { description } });
    });
  }
}

async function requireLocked(projects: ProjectRepository, name: string): Promise<ProjectRow> {
  const row = await projects.lock(name);
  if (row === undefined) throw problemError('project-not-found', `There is no project ${name}.`);
  return row;
}

interface Change {
  readonly before?: Json;
  readonly after?: Json;
  readonly reason?: string | undefined;
}

/** In the log of the project itself, whichever the request was about. */
async function record(
  manager: EntityManager,
  caller: Caller,
  action: 'project.create' | 'project.change' | 'project.delete',
  name: string,
  change: Change,
): Promise<void> {
  await new AuditRepository(manager).add({
    ...caller,
    ...change,
    project: name,
    action,
    objectType: 'project',
    objectId: name,
  });
}
