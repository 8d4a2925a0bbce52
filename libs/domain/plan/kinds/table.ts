import type { StepKind } from '../../definition/definition.js';
import type { CompileStep } from '../compile-step.js';
import { compileApproval } from './approval.js';
import { compileEmit } from './emit.js';
import { compileForEach } from './for-each.js';
import { compileLoop } from './loop.js';
import { compileParallel } from './parallel.js';
import { compileRaise } from './raise.js';
import { compileSet } from './set.js';
import { compileSwitch } from './switch.js';
import { compileTry } from './try.js';
import { compileUses } from './uses.js';
import { compileWait } from './wait.js';
import { compileWaitFor } from './wait-for.js';
import { compileWorkflow } from './workflow.js';

export const COMPILE_STEP: { readonly [K in StepKind]: CompileStep<K> } = {
  uses: compileUses,
  approval: compileApproval,
  forEach: compileForEach,
  loop: compileLoop,
  parallel: compileParallel,
  switch: compileSwitch,
  try: compileTry,
  wait: compileWait,
  waitFor: compileWaitFor,
  workflow: compileWorkflow,
  set: compileSet,
  emit: compileEmit,
  raise: compileRaise,
};
