import { Module } from '@nestjs/common';
import { RunsModule } from '../runs/runs.module.js';
import { HealthController } from './health.controller.js';
import { Readiness } from './readiness.js';

@Module({ imports: [RunsModule], controllers: [HealthController], providers: [Readiness] })
export class HealthModule {}
