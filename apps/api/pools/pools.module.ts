import { Module } from '@nestjs/common';
import { ChangePool } from './change-pool.js';
import { LockController } from './lock.controller.js';
import { PoolController } from './pool.controller.js';

@Module({ controllers: [PoolController, LockController], providers: [ChangePool] })
export class PoolsModule {}
