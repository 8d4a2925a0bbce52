import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Inject,
  Param,
  Post,
  Query,
  Req,
  Res,
} from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Permit } from '../auth/permit.js';
import { type Caller, RequestCaller } from '../http/caller.js';
import type { ApiReply, ApiRequest } from '../http/exchange.js';
import { DEFINITION_MEDIA_TYPES } from '../http/fastify-adapter.js';
import { toPage } from '../http/list-query.js';
import { problemError } from '../http/problem.js';
import { ApiProblems } from '../http/problem.resource.js';
import { ChangeTemplate } from './change-template.js';
import { FindTemplate } from './find-template.js';
import { ExtractBody, InstantiateBody, TemplateListQuery } from './template.body.js';
import {
  ExtractionResource,
  InstantiationResource,
  TemplatePage,
  TemplateResource,
  toTemplate,
} from './template.resource.js';
import { UseTemplate } from './use-template.js';

@ApiTags('templates')
@Controller('api/v1/templates')
export class TemplateController {
  constructor(
    @Inject(FindTemplate) private readonly findTemplate: FindTemplate,
    @Inject(ChangeTemplate) private readonly changeTemplate: ChangeTemplate,
    @Inject(UseTemplate) private readonly useTemplate: UseTemplate,
  ) {}

  @Permit('templates:read')
  @Get()
  @ApiOperation({ summary: 'List the templates, those that come with Sluice among them' })
  @ApiResponse({ status: 200, type: TemplatePage })
  @ApiProblems('request-invalid')
  async list(@Query() query: TemplateListQuery, @RequestCaller() caller: Caller): Promise<TemplatePage> {
    return toPage(await this.findTemplate.list({ ...query, project: caller.project }, query), toTemplate);
  }

  @Permit('templates:write')
  @Post()
  @ApiOperation({
    summary: 'Save a template',
    description: 'As a new one, or in place of the one with its name.',
  })
  @ApiConsumes(...DEFINITION_MEDIA_TYPES)
  @ApiBody({ schema: {}, description: 'The template itself.' })
  @ApiResponse({ status: 201, description: 'A new template.', type: TemplateResource })
  @ApiResponse({ status: 200, description: 'A changed one.', type: TemplateResource })
  @ApiProblems(
    'template-invalid',
    'template-built-in',
    'template-limit-reached',
    'body-missing',
    'body-malformed',
    'body-too-large',
    'media-type-unsupported',
  )
  async save(
    @Req() request: ApiRequest & { readonly body?: unknown },
    @RequestCaller() caller: Caller,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<TemplateResource> {
    const { body } = request;
    if (typeof body !== 'string' || body.trim() === '') {
      throw problemError('body-missing', 'The body must be the template itself.');
    }
    const { name, created } = await this.changeTemplate.save(body, caller);
    reply.code(created ? 201 : 200);
    return this.get(name, caller);
  }

  @Permit('templates:read')
  @Get(':name')
  @ApiOperation({ summary: 'One template, with its text' })
  @ApiResponse({ status: 200, type: TemplateResource })
  @ApiProblems('template-not-found')
  async get(@Param('name') name: string, @RequestCaller() caller: Caller): Promise<TemplateResource> {
    const found = await this.findTemplate.require(caller.project, name);
    return { ...toTemplate(found), source: found.template.source };
  }

  @Permit('templates:write')
  @Delete(':name')
  @HttpCode(204)
  @ApiOperation({ summary: 'Remove a template', description: 'What was made of it stays.' })
  @ApiResponse({ status: 204, description: 'It is gone.' })
  @ApiProblems('template-not-found', 'template-built-in')
  async remove(@Param('name') name: string, @RequestCaller() caller: Caller): Promise<void> {
    await this.changeTemplate.remove(name, caller);
  }

  @Permit('templates:write')
  @Post(':name/instantiate')
  @HttpCode(200)
  @ApiOperation({ summary: 'Make a definition of a template' })
  @ApiResponse({ status: 200, type: InstantiationResource })
  @ApiProblems(
    'template-not-found',
    'template-values-invalid',
    'template-result-invalid',
    'definition-invalid',
    'request-invalid',
    'body-malformed',
    'body-forbidden-key',
    'body-too-deep',
    'body-too-large',
  )
  async instantiate(
    @Param('name') name: string,
    @Body() body: InstantiateBody,
    @RequestCaller() caller: Caller,
  ): Promise<InstantiationResource> {
    return this.useTemplate.instantiate(name, body, caller);
  }

  @Permit('templates:write')
  @Post('extract')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Make a template of a definition',
    description: 'Proposes what may become a variable; with `variables` it answers with the template too.',
  })
  @ApiResponse({ status: 200, type: ExtractionResource })
  @ApiProblems(
    'definition-invalid',
    'template-choice-invalid',
    'request-invalid',
    'body-malformed',
    'body-too-large',
  )
  async extract(@Body() body: ExtractBody): Promise<ExtractionResource> {
    return this.useTemplate.extract(body);
  }
}
