import { SetMetadata } from '@nestjs/common';
import type { Permission } from './permissions.js';

/** What a route declares: a permission, or that everybody may use it, also without a name. */
export type Access = Permission | 'public';

export const ACCESS = Symbol('Access');

/** Declares what a caller must be allowed to do to use this route, or all routes of a controller. */
export function Permit(permission: Permission): MethodDecorator & ClassDecorator {
  return SetMetadata(ACCESS, permission satisfies Access);
}

/** Declares that a route needs no authentication. */
export function Public(): MethodDecorator & ClassDecorator {
  return SetMetadata(ACCESS, 'public' satisfies Access);
}
