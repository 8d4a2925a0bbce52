import { type ArgumentsHost, Catch, type ExceptionFilter, NotFoundException } from '@nestjs/common';
import type { Logger } from 'pino';
import { correlationIdOf } from './correlation.js';
import type { ApiReply, ApiRequest } from './exchange.js';
import { sendProblem } from './fastify-adapter.js';
import { toProblem } from './problem.js';
import type { RouteTable } from './route-table.js';

/** Every error of a request leaves as problem+json; what is a bug is logged with its stack. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly logger: Logger,
    private readonly routes: RouteTable,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<ApiRequest>();
    const reply = host.switchToHttp().getResponse<ApiReply>();
    const correlationId = correlationIdOf(request);
    const { status, code, detail } = toProblem(error, correlationId);
    if (code === 'internal-error') this.logger.error({ err: error, code, correlationId }, 'request failed');
    else if (status >= 500) this.logger.warn({ code, correlationId }, detail);
    // Ours are SluiceErrors: this one says that no route matched.
    if (error instanceof NotFoundException) sendProblem(this.routes.refuse(request, reply), request, reply);
    else sendProblem(error, request, reply);
  }
}
