import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { Authenticator } from './authenticate.js';
import { PermissionGuard } from './permission.guard.js';

@Module({
  providers: [Authenticator, { provide: APP_GUARD, useClass: PermissionGuard }],
  exports: [Authenticator],
})
export class AuthModule {}
