import { Body, Controller, Get, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiOperation,
  ApiProperty,
  ApiPropertyOptional,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import { Allow, IsBoolean, IsIn, IsString, isUUID, Matches, MaxLength } from 'class-validator';
import type { DataSource } from 'typeorm';
import { isCallbackToken } from '#connectors/agents/callback-token.js';
import type { AgentAnswer } from '#contracts/agents.js';
import type { InvocationView } from '#contracts/rest/agents.js';
import type { Json } from '#domain/json.js';
import {
  digestAnswer,
  InvocationRepository,
  type InvocationRow,
} from '#persistence/agents/invocation-repository.js';
import { CALLBACK_SCHEME } from '../auth/describe-access.js';
import { Public } from '../auth/permit.js';
import type { ApiRequest } from '../http/exchange.js';
import { Optional } from '../http/optional.js';
import { problemError } from '../http/problem.js';
import { ApiProblems } from '../http/problem.resource.js';
import { DATA_SOURCE } from '../tokens.js';
import { InvocationKeeper } from './invocation-keeper.js';

class AnswerBody {
  @ApiProperty({ enum: ['succeeded', 'failed'] })
  @IsIn(['succeeded', 'failed'])
  status: 'succeeded' | 'failed';

  @ApiPropertyOptional({ description: 'Of `succeeded`: any JSON.' })
  @Allow()
  output?: Json;

  @ApiPropertyOptional({ description: 'Of `failed`: what is wrong.', maxLength: 4000 })
  @Optional()
  @IsString()
  @MaxLength(4000)
  @Matches(/^[^\0]*$/, { message: 'must not hold U+0000' })
  message?: string;

  @ApiPropertyOptional({
    description: "Of `failed`: whether the step's retry policy may try again.",
    default: false,
  })
  @Optional()
  @IsBoolean()
  retryable?: boolean;
}

class InvocationResource implements InvocationView {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ format: 'uuid' }) run: string;
  @ApiProperty({ description: 'Key of the step.' }) step: string;
  @ApiProperty() attempt: number;
  @ApiProperty({
    enum: ['sending', 'accepted', 'answered', 'closed'],
    description: '`closed`: nobody waits for an answer any longer.',
  })
  state: InvocationView['state'];
}

/** Where agents say what has become of work that they took on. Their token stands in for every other credential. */
@ApiTags('agents')
@ApiBearerAuth(CALLBACK_SCHEME)
@Controller('api/v1/agent-invocations/:id')
export class InvocationController {
  private readonly invocations: InvocationRepository;

  constructor(
    @Inject(DATA_SOURCE) dataSource: DataSource,
    @Inject(InvocationKeeper) private readonly keeper: InvocationKeeper,
  ) {
    this.invocations = new InvocationRepository(dataSource.manager);
  }

  @Public()
  @Get()
  @ApiOperation({ summary: 'Whether anybody still waits, asked by the agent' })
  @ApiResponse({ status: 200, type: InvocationResource })
  @ApiProblems('callback-token-invalid')
  async get(@Param('id') id: string, @Req() request: ApiRequest): Promise<InvocationResource> {
    return toInvocation(await this.requireOwn(id, request));
  }

  @Public()
  @Post('answer')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Say how the work ended, by the agent',
    description: 'Once: the same answer again changes nothing.',
  })
  @ApiResponse({ status: 200, type: InvocationResource })
  @ApiProblems(
    'callback-token-invalid',
    'request-invalid',
    'invocation-closed',
    'body-malformed',
    'body-too-large',
  )
  async answer(
    @Param('id') id: string,
    @Body() body: AnswerBody,
    @Req() request: ApiRequest,
  ): Promise<InvocationResource> {
    const known = await this.requireOwn(id, request);
    const answer = readAnswer(body);
    const answered = await this.invocations.answer(id, answer);
    if (answered !== undefined) {
      this.keeper.nudge();
      return toInvocation(answered);
    }
    const now = (await this.invocations.find(id)) ?? known;
    if (now.answerDigest === digestAnswer(answer)) return toInvocation(now);
    const how =
      now.answerDigest === null
        ? 'Nobody waits for the answer any longer'
        : 'It was answered otherwise already';
    throw problemError('invocation-closed', `${how}.`);
  }

  /** Throws SluiceError `callback-token-invalid` also where there is no such invocation: the token tells nothing else. */
  private async requireOwn(id: string, { headers }: ApiRequest): Promise<InvocationRow> {
    const token = /^bearer +([\w.-]{1,2000})$/i.exec(headers.authorization ?? '')?.[1];
    const invocation =
      token !== undefined && isUUID(id) ? await this.invocations.find(id.toLowerCase()) : undefined;
    const own =
      token !== undefined &&
      invocation !== undefined &&
      (await isCallbackToken(token, invocation.id, invocation.key));
    if (!own) throw problemError('callback-token-invalid', 'The token is not that of this invocation.');
    return invocation;
  }
}

function readAnswer({ status, output = null, message, retryable = false }: AnswerBody): AgentAnswer {
  if (status === 'succeeded' && message === undefined) return { status, output };
  if (status === 'failed' && message !== undefined) return { status, message, retryable };
  const [path, text] =
    status === 'failed'
      ? ['message', 'is needed of what failed']
      : ['message', 'is nothing that succeeded has'];
  throw problemError('request-invalid', `${path} ${text}.`, { errors: [{ path, message: text }] });
}

function toInvocation({ id, runId, step, attempt, state }: InvocationRow): InvocationResource {
  return { id, run: runId, step, attempt, state };
}
