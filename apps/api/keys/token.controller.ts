import { Body, Controller, Header, HttpCode, Inject, Post, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Door } from '../auth/door.js';
import { type Identity, RequestIdentity } from '../auth/identity.js';
import { OwnTokens } from '../auth/own-tokens.js';
import { Permit } from '../auth/permit.js';
import type { ApiReply } from '../http/exchange.js';
import { problemError } from '../http/problem.js';
import { ApiProblems } from '../http/problem.resource.js';
import { TokenBody } from './api-key.body.js';
import { TokenResource } from './api-key.resource.js';

const DEFAULT_S = 900;

@ApiTags('api-keys')
@Controller('auth/token')
export class TokenController {
  constructor(
    @Inject(Door) private readonly door: Door,
    @Inject(OwnTokens) private readonly tokens: OwnTokens,
  ) {}

  @Permit('account:read')
  @Post()
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'Make a short-lived token of an API key',
    description:
      'The key stands in the Authorization header. The token lets in as the key does, or with some of its rights only, until it expires or the key is revoked.',
  })
  @ApiResponse({ status: 200, type: TokenResource })
  @ApiProblems('request-invalid', 'rate-limited', 'body-malformed', 'body-too-large')
  async create(
    @Body() { expiresIn = DEFAULT_S, roles, project }: TokenBody = {},
    @RequestIdentity() { means }: Identity,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<TokenResource> {
    if (means.kind !== 'key') {
      throw problemError('permission-missing', 'A token is made of an API key, not of another token.');
    }
    await this.door.takeToken(means.id, reply);
    const token = await this.tokens.issue({ key: means.id, roles, project }, expiresIn);
    return { token, tokenType: 'Bearer', expiresIn };
  }
}
