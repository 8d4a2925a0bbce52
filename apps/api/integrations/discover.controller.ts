import { Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { OrUnsupported, Page, PlatformClient, Search } from '#connectors/cicd/platform.js';
import { Permit } from '../auth/permit.js';
import { type Caller, RequestCaller } from '../http/caller.js';
import { problemError } from '../http/problem.js';
import { ApiProblems } from '../http/problem.resource.js';
import type { ProblemCodeName } from '../http/problem-codes.js';
import { CheckIntegration } from './check-integration.js';
import { DiscoverInputsQuery, DiscoverInQuery, DiscoverQuery } from './discover.query.js';
import {
  DiscoveredBranchPage,
  DiscoveredInputList,
  DiscoveredPipelinePage,
  DiscoveredProjectPage,
  toDiscovered,
} from './discover.resource.js';
import { FindIntegration } from './find-integration.js';
import { IntegrationHealthResource, IntegrationSyncResource } from './integration.resource.js';
import { PLATFORM_PROBLEMS } from './platform.problems.js';
import { requireSupported } from './platform-failure.js';
import { SyncIntegration } from './sync-integration.js';
import { requireActive, UsePlatform } from './use-platform.js';

const REFUSALS = Object.keys(PLATFORM_PROBLEMS) as ProblemCodeName[];

/** Asks the platform itself, while the caller waits. */
@ApiTags('integrations')
@Controller('api/v1/integrations/:id')
export class DiscoverController {
  constructor(
    @Inject(FindIntegration) private readonly findIntegration: FindIntegration,
    @Inject(CheckIntegration) private readonly checkIntegration: CheckIntegration,
    @Inject(SyncIntegration) private readonly syncIntegration: SyncIntegration,
    @Inject(UsePlatform) private readonly usePlatform: UsePlatform,
  ) {}

  @Permit('integrations:use')
  @Post('test')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Try an integration',
    description:
      'Asks the platform who asks; what is wrong is part of the answer. It is tried now and then by itself, too.',
  })
  @ApiResponse({ status: 200, type: IntegrationHealthResource })
  @ApiProblems('integration-not-found')
  async test(@Param('id') id: string, @RequestCaller() caller: Caller): Promise<IntegrationHealthResource> {
    return this.checkIntegration.check(await this.findIntegration.require(caller.project, id));
  }

  @Permit('integrations:use')
  @Post('sync')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Ask for the executions of what an integration watches',
    description:
      'Those that others started, too; what fails is part of the answer. It is done now and then by itself, too.',
  })
  @ApiResponse({ status: 200, type: IntegrationSyncResource })
  @ApiProblems('integration-not-found', 'integration-watches-nothing', 'integration-disabled')
  async sync(@Param('id') id: string, @RequestCaller() caller: Caller): Promise<IntegrationSyncResource> {
    const integration = await this.findIntegration.require(caller.project, id);
    requireActive(integration);
    if (integration.sync.length === 0) {
      throw problemError(
        'integration-watches-nothing',
        `The integration ${integration.name} watches nothing.`,
      );
    }
    return this.syncIntegration.sync(integration);
  }

  @Permit('integrations:use')
  @Get('discover/projects')
  @ApiOperation({ summary: 'Projects that the integration can see' })
  @ApiResponse({ status: 200, type: DiscoveredProjectPage })
  @ApiProblems('integration-not-found', 'request-invalid', ...REFUSALS)
  projects(
    @Param('id') id: string,
    @Query() query: DiscoverQuery,
    @RequestCaller() caller: Caller,
  ): Promise<DiscoveredProjectPage> {
    return this.page(id, caller, (client) => client.projects(toSearch(query)));
  }

  @Permit('integrations:use')
  @Get('discover/pipelines')
  @ApiOperation({ summary: 'Pipelines of a project of the platform' })
  @ApiResponse({ status: 200, type: DiscoveredPipelinePage })
  @ApiProblems('integration-not-found', 'request-invalid', ...REFUSALS)
  pipelines(
    @Param('id') id: string,
    @Query() query: DiscoverInQuery,
    @RequestCaller() caller: Caller,
  ): Promise<DiscoveredPipelinePage> {
    return this.page(id, caller, (client) => client.pipelines(query.project, toSearch(query)));
  }

  @Permit('integrations:use')
  @Get('discover/branches')
  @ApiOperation({ summary: 'Branches of a project of the platform' })
  @ApiResponse({ status: 200, type: DiscoveredBranchPage })
  @ApiProblems('integration-not-found', 'request-invalid', ...REFUSALS)
  branches(
    @Param('id') id: string,
    @Query() query: DiscoverInQuery,
    @RequestCaller() caller: Caller,
  ): Promise<DiscoveredBranchPage> {
    return this.page(id, caller, (client) => client.branches(query.project, toSearch(query)));
  }

  @Permit('integrations:use')
  @Get('discover/inputs')
  @ApiOperation({ summary: 'What may be given at the start of a pipeline' })
  @ApiResponse({ status: 200, type: DiscoveredInputList })
  @ApiProblems('integration-not-found', 'request-invalid', ...REFUSALS)
  async inputs(
    @Param('id') id: string,
    @Query() { project, pipeline = '', ref }: DiscoverInputsQuery,
    @RequestCaller() caller: Caller,
  ): Promise<DiscoveredInputList> {
    const integration = await this.findIntegration.require(caller.project, id);
    const target = { project, pipeline, ...(ref === undefined ? {} : { ref }) };
    const items = await this.usePlatform.run(integration, async ({ client, platform }) =>
      requireSupported(await client.inputs(target), platform.description),
    );
    return { items };
  }

  private async page<T>(
    id: string,
    caller: Caller,
    ask: (client: PlatformClient) => Promise<OrUnsupported<Page<T>>>,
  ): Promise<{ items: readonly T[]; next?: string }> {
    const integration = await this.findIntegration.require(caller.project, id);
    return this.usePlatform.run(integration, async ({ client, platform }) =>
      toDiscovered(requireSupported(await ask(client), platform.description)),
    );
  }
}

function toSearch({ text, after }: DiscoverQuery): Search {
  return {
    ...(text === undefined ? {} : { text }),
    ...(after === undefined ? {} : { cursor: after }),
  };
}
