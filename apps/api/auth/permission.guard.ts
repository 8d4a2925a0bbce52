import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { ApiRequest } from '../http/exchange.js';
import { problemError } from '../http/problem.js';
import { identityOf } from './authenticate.js';
import {
  type HeldRoles,
  IN_EVERY_PROJECT,
  isAllowed,
  OF_ONESELF,
  PERMISSIONS,
  type Permission,
} from './permissions.js';
import { ACCESS, type Access } from './permit.js';

/** Stands before every route; who asks was found out when the request came, before its body was read. */
@Injectable()
export class PermissionGuard implements CanActivate {
  constructor(@Inject(Reflector) private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const access = this.reflector.getAllAndOverride<Access | undefined>(ACCESS, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (access === undefined) throw new Error(`${context.getClass().name} declares no permission`);
    if (access !== 'public') {
      requirePermission(access, identityOf(context.switchToHttp().getRequest<ApiRequest>()));
    }
    return true;
  }
}

/**
 * Throws SluiceError `project-not-found` for who has no role in the project: whether there is one is none of its
 * business; `permission-missing` for who has others than needed.
 */
function requirePermission(permission: Permission, identity: HeldRoles & { readonly project: string }): void {
  if (isAllowed(permission, identity)) return;
  const ofProject = !IN_EVERY_PROJECT.includes(permission) && !OF_ONESELF.includes(permission);
  if (ofProject && identity.roles.length === 0) {
    throw problemError('project-not-found', `You are in no project of the name ${identity.project}.`);
  }
  const where = ofProject ? `in the project ${identity.project}` : 'in all projects (*)';
  const message = `This needs the permission ${permission}, which ${PERMISSIONS[permission].join(', ')} have ${where}.`;
  throw problemError('permission-missing', message);
}
