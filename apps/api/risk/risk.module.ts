import { Module } from '@nestjs/common';
import { AssessPosted } from './assess-posted.js';
import { AssessmentController } from './assessment.controller.js';
import { ChangeEnvironment } from './change-environment.js';
import { JudgeByModel } from './judge-by-model.js';
import { KeepAssessments } from './keep-assessments.js';
import { KnowEnvironment } from './know-environment.js';
import { NoteOutcome } from './note-outcome.js';
import { ReassessOpen } from './reassess-open.js';
import { RiskEnvironmentController } from './risk-environment.controller.js';
import { RiskKeeper } from './risk-keeper.js';
import { RiskModelController } from './risk-model.controller.js';
import { RiskOutcomeController } from './risk-outcome.controller.js';
import { TellRuns } from './tell-runs.js';

@Module({
  controllers: [AssessmentController, RiskEnvironmentController, RiskOutcomeController, RiskModelController],
  providers: [
    AssessPosted,
    ChangeEnvironment,
    JudgeByModel,
    KeepAssessments,
    KnowEnvironment,
    NoteOutcome,
    ReassessOpen,
    RiskKeeper,
    TellRuns,
  ],
})
export class RiskModule {}
