import { Module } from '@nestjs/common';
import { IntegrationsModule } from '../integrations/integrations.module.js';
import { AskExecution } from './ask-execution.js';
import { FindExecution } from './find-execution.js';
import { PipelineController } from './pipeline.controller.js';
import { ReadStatistics } from './read-statistics.js';
import { StreamLog } from './stream-log.js';

@Module({
  imports: [IntegrationsModule],
  controllers: [PipelineController],
  providers: [AskExecution, FindExecution, ReadStatistics, StreamLog],
})
export class PipelinesModule {}
