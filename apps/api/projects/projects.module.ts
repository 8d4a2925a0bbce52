import { Module } from '@nestjs/common';
import { ChangeMember } from './change-member.js';
import { ChangeProject } from './change-project.js';
import { MemberController } from './member.controller.js';
import { ProjectController } from './project.controller.js';

@Module({
  controllers: [ProjectController, MemberController],
  providers: [ChangeProject, ChangeMember],
})
export class ProjectsModule {}
