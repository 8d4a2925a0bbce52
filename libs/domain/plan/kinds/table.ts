import type { StepKind } from '../../definition/definition.js';
import type { CompileStep } from '../compile-step.js';
import { compileForEach } from './for-each.js';
import { compileParallel } from './parallel.js';
import { compileRaise } from './raise.js';
import { compileSet } from './set.js';
import { compileSwitch } from './switch.js';
import { compileUses } from './uses.js';
import { compileWait } from './wait.js';

export const COMPILE_STEP: { readonly [K in StepKind]: CompileStep<K> } = {
  uses: compileUses,
  forEach: compileForEach,
  parallel: compileParallel,
  switch: compileSwitch,
  set: compileSet,
  wait: compileWait,
  raise: compileRaise,
};
