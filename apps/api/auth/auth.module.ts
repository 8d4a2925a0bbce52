import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { Authenticator } from './authenticate.js';
import { PermissionGuard } from './permission.guard.js';
import { StreamTickets } from './stream-tickets.js';

@Module({
  providers: [Authenticator, StreamTickets, { provide: APP_GUARD, useClass: PermissionGuard }],
  exports: [Authenticator, StreamTickets],
})
export class AuthModule {}
