import { applyDecorators, SetMetadata } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExtension } from '@nestjs/swagger';
import { PERMISSION_EXTENSION } from './describe-access.js';
import type { Permission } from './permissions.js';

/** What a route declares: a permission, or that everybody may use it, also without credentials. */
export type Access = Permission | 'public';

export const ACCESS = Symbol('Access');

/** What Fastify knows of a route that needs no credentials. */
export const PUBLIC_ROUTE = { public: true } as const;

/** Declares what a caller must be allowed to do to use this route, or all routes of a controller. */
export function Permit(permission: Permission): MethodDecorator & ClassDecorator {
  return applyDecorators(
    SetMetadata(ACCESS, permission satisfies Access),
    ApiExtension(PERMISSION_EXTENSION, permission),
  );
}

/** Declares that a route needs no authentication. */
export function Public(): MethodDecorator {
  return applyDecorators(SetMetadata(ACCESS, 'public' satisfies Access), RouteConfig(PUBLIC_ROUTE));
}
