import type { INestApplication } from '@nestjs/common';
import { METHOD_METADATA } from '@nestjs/common/constants.js';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import { SluiceError } from '#domain/errors.js';
import { ACCESS } from './permit.js';

/** Throws SluiceError `access-undeclared` where a route does not say who may use it: nothing starts then. */
export function requireAccess(app: INestApplication): void {
  const scanner = new MetadataScanner();
  const controllers = [...app.get(ModulesContainer).values()].flatMap((module) => [
    ...module.controllers.values(),
  ]);
  const silent = controllers.flatMap(({ metatype }) => {
    const type = metatype as { readonly name: string; readonly prototype: Record<string, object> };
    return scanner
      .getAllMethodNames(type.prototype)
      .filter((name) => {
        const handler = type.prototype[name]!;
        const isRoute = Reflect.hasMetadata(METHOD_METADATA, handler);
        return isRoute && !Reflect.hasMetadata(ACCESS, handler) && !Reflect.hasMetadata(ACCESS, type);
      })
      .map((name) => `${type.name}.${name}`);
  });
  if (silent.length === 0) return;
  throw new SluiceError({
    code: 'access-undeclared',
    fault: 'bug',
    message: `These routes declare no permission: ${silent.join(', ')}.`,
    hint: 'Write @Permit or @Public before each.',
  });
}
