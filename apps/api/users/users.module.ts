import { Module } from '@nestjs/common';
import { ChangeUser } from './change-user.js';
import { UserController } from './user.controller.js';

@Module({ controllers: [UserController], providers: [ChangeUser] })
export class UsersModule {}
