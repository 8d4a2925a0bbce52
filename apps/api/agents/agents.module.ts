import { Module } from '@nestjs/common';
import { AgentController } from './agent.controller.js';
import { ChangeAgent } from './change-agent.js';
import { CheckAgent } from './check-agent.js';
import { FindAgent } from './find-agent.js';
import { InvocationController } from './invocation.controller.js';
import { InvocationKeeper } from './invocation-keeper.js';

@Module({
  controllers: [AgentController, InvocationController],
  providers: [ChangeAgent, CheckAgent, FindAgent, InvocationKeeper],
})
export class AgentsModule {}
