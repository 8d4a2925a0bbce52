import { Module } from '@nestjs/common';
import { ReadStore } from './read-store.js';

@Module({ providers: [ReadStore], exports: [ReadStore] })
export class StoreModule {}
