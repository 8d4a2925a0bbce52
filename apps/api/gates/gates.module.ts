import { Module } from '@nestjs/common';
import { RunsModule } from '../runs/runs.module.js';
import { ChangeBypass } from './change-bypass.js';
import { ChangeGate } from './change-gate.js';
import { FindGate } from './find-gate.js';
import { GateController } from './gate.controller.js';
import { GateBypassController } from './gate-bypass.controller.js';
import { GateResultController } from './gate-result.controller.js';
import { JudgeChange } from './judge-change.js';
import { NoteAfterwards } from './note-afterwards.js';

@Module({
  imports: [RunsModule],
  controllers: [GateController, GateResultController, GateBypassController],
  providers: [ChangeGate, ChangeBypass, FindGate, JudgeChange, NoteAfterwards],
})
export class GatesModule {}
