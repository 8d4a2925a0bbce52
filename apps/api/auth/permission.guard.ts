import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { ApiRequest } from '../http/exchange.js';
import { Authenticator } from './authenticate.js';
import { ACCESS, type Access } from './permit.js';

/** Stands before every route. */
@Injectable()
export class PermissionGuard implements CanActivate {
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(Authenticator) private readonly authenticator: Authenticator,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = this.reflector.getAllAndOverride<Access | undefined>(ACCESS, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (access === undefined) throw new Error(`${context.getClass().name} declares no permission`);
    if (access === 'public') return true;
    await this.authenticator.authenticate(context.switchToHttp().getRequest<ApiRequest>());
    return true;
  }
}
