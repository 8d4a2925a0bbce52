import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { DataSource } from 'typeorm';
import type { RunGateway } from '#contracts/temporal-port.js';
import { Public } from '../auth/permit.js';
import { problemError } from '../http/problem.js';
import { ApiProblems } from '../http/problem.resource.js';
import { DATA_SOURCE, RUN_GATEWAY } from '../tokens.js';

const CHECK_MS = 3_000;

class HealthResource {
  @ApiProperty({ enum: ['ok'] }) status: 'ok';
}

@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(RUN_GATEWAY) private readonly gateway: RunGateway,
  ) {}

  @Public()
  @Get()
  @ApiOperation({ summary: 'Whether this process lives' })
  @ApiResponse({ status: 200, type: HealthResource })
  live(): HealthResource {
    return { status: 'ok' };
  }

  @Public()
  @Get('ready')
  @ApiOperation({ summary: 'Whether it can do its work' })
  @ApiResponse({ status: 200, type: HealthResource })
  @ApiProblems('not-ready')
  async ready(): Promise<HealthResource> {
    const checks = await Promise.all([
      check('database', this.dataSource.query('SELECT 1')),
      check('temporal', this.gateway.check()),
    ]);
    const missing = checks.filter((name) => name !== undefined);
    if (missing.length > 0) {
      const errors = missing.map((path) => ({ path, message: 'does not answer' }));
      throw problemError('not-ready', `Not reached: ${missing.join(', ')}.`, { errors });
    }
    return { status: 'ok' };
  }
}

/** The name, when it does not answer in time. */
async function check(name: string, answer: Promise<unknown>): Promise<string | undefined> {
  const late = Promise.withResolvers<string>();
  const timer = setTimeout(() => late.resolve(name), CHECK_MS);
  const answered = answer.then(
    () => undefined,
    () => name,
  );
  return Promise.race([answered, late.promise]).finally(() => clearTimeout(timer));
}
