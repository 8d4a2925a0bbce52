import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Public } from '../auth/permit.js';
import { problemError } from '../http/problem.js';
import { ApiProblems } from '../http/problem.resource.js';
import { Readiness } from './readiness.js';

class HealthResource {
  @ApiProperty({ enum: ['ok'] }) status: 'ok';
}

@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(@Inject(Readiness) private readonly readiness: Readiness) {}

  @Public()
  @Get()
  @ApiOperation({ summary: 'Whether this process lives' })
  @ApiResponse({ status: 200, type: HealthResource })
  health(): HealthResource {
    return { status: 'ok' };
  }

  @Public()
  @Get('live')
  @ApiOperation({ summary: 'Whether this process lives; the same as /health' })
  @ApiResponse({ status: 200, type: HealthResource })
  live(): HealthResource {
    return { status: 'ok' };
  }

  @Public()
  @Get('ready')
  @ApiOperation({ summary: 'Whether it can do its work; else what is missing' })
  @ApiResponse({ status: 200, type: HealthResource })
  @ApiProblems('not-ready')
  async ready(): Promise<HealthResource> {
    const errors = await this.readiness.findMissing();
    if (errors.length === 0) return { status: 'ok' };
    const words = errors.map(({ path, message }) => `${path} ${message}`).join('; ');
    throw problemError('not-ready', `Missing: ${words}.`, { errors });
  }
}
