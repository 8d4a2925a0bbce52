import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { DataSource } from 'typeorm';
import { ProjectRepository } from '#persistence/repositories/project-repository.js';
import { PROJECT_NAME } from '../auth/authenticate.js';
import { type Identity, RequestIdentity } from '../auth/identity.js';
import { Permit } from '../auth/permit.js';
import { type Caller, RequestCaller } from '../http/caller.js';
import { toPage } from '../http/list-query.js';
import { problemError } from '../http/problem.js';
import { ApiProblems } from '../http/problem.resource.js';
import { DATA_SOURCE } from '../tokens.js';
import { ChangeProject } from './change-project.js';
import { ProjectBody, ProjectChangeBody, ProjectListQuery } from './project.body.js';
import { ProjectPage, ProjectResource, toProject } from './project.resource.js';

@ApiTags('projects')
@Controller('api/v1/projects')
export class ProjectController {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(ChangeProject) private readonly changeProject: ChangeProject,
  ) {}

  @Permit('projects:write')
  @Post()
  @ApiOperation({ summary: 'Make a project' })
  @ApiResponse({ status: 201, type: ProjectResource })
  @ApiProblems('request-invalid', 'project-taken', 'body-malformed', 'body-too-large')
  async create(@Body() body: ProjectBody, @RequestCaller() caller: Caller): Promise<ProjectResource> {
    return toProject(await this.changeProject.create(body, caller));
  }

  @Permit('account:read')
  @Get()
  @ApiOperation({ summary: 'List the projects that the caller is in' })
  @ApiResponse({ status: 200, type: ProjectPage })
  @ApiProblems('request-invalid')
  async list(@Query() query: ProjectListQuery, @RequestIdentity() identity: Identity): Promise<ProjectPage> {
    const page = await new ProjectRepository(this.dataSource.manager).list(
      await this.findNames(identity),
      query,
    );
    return toPage(page, toProject);
  }

  @Permit('account:read')
  @Get(':name')
  @ApiOperation({ summary: 'One project' })
  @ApiResponse({ status: 200, type: ProjectResource })
  @ApiProblems('project-not-found')
  async get(@Param('name') name: string, @RequestIdentity() identity: Identity): Promise<ProjectResource> {
    const names = await this.findNames(identity);
    const row =
      names === undefined || names.includes(name)
        ? await new ProjectRepository(this.dataSource.manager).find(requireName(name))
        : undefined;
    if (row === undefined) throw problemError('project-not-found', 'You are in no project of this name.');
    return toProject(row);
  }

  @Permit('projects:write')
  @Patch(':name')
  @ApiOperation({ summary: 'Change what a project says of itself' })
  @ApiResponse({ status: 200, type: ProjectResource })
  @ApiProblems('request-invalid', 'project-not-found', 'body-malformed', 'body-too-large')
  async change(
    @Param('name') name: string,
    @Body() body: ProjectChangeBody,
    @RequestCaller() caller: Caller,
  ): Promise<ProjectResource> {
    return toProject(await this.changeProject.describe(requireName(name), body, caller));
  }

  @Permit('projects:write')
  @Delete(':name')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Remove a project',
    description: 'Only one that holds nothing: who was in it is in it no longer, and its audit log stays.',
  })
  @ApiResponse({ status: 204, description: 'It is gone.' })
  @ApiProblems('project-not-found', 'project-not-empty')
  async remove(@Param('name') name: string, @RequestCaller() caller: Caller): Promise<void> {
    await this.changeProject.remove(requireName(name), caller);
  }

  /** Of the projects that the caller is in; undefined: all. */
  private async findNames({
    everywhere,
    user,
    means,
    project,
    roles,
  }: Identity): Promise<readonly string[] | undefined> {
    if (everywhere.length > 0) return undefined;
    // A token may have less than its key.
    if (means.kind === 'token') return roles.length > 0 ? [project] : [];
    return new ProjectRepository(this.dataSource.manager).findNamesOf(
      means.kind === 'key' ? { key: means.id } : user === undefined ? {} : { user },
    );
  }
}

/** What cannot be one is none; a NUL would be an error of the database. */
function requireName(name: string): string {
  if (PROJECT_NAME.test(name)) return name;
  throw problemError('project-not-found', 'No project has this name.');
}
