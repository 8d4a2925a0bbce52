import type { TaskKind } from '../task.js';
import { compileCall } from './call.js';
import type { CompileTask } from './compile-task.js';
import { compileDo } from './do.js';
import { compileEmit } from './emit.js';
import { compileFor } from './for.js';
import { compileFork } from './fork.js';
import { compileListen } from './listen.js';
import { compileRaise } from './raise.js';
import { compileRun } from './run.js';
import { compileSet } from './set.js';
import { compileSwitch } from './switch.js';
import { compileTry } from './try.js';
import { compileWait } from './wait.js';

export const COMPILE_TASK: { readonly [K in TaskKind]: CompileTask } = {
  call: compileCall,
  do: compileDo,
  emit: compileEmit,
  for: compileFor,
  fork: compileFork,
  listen: compileListen,
  raise: compileRaise,
  run: compileRun,
  set: compileSet,
  switch: compileSwitch,
  try: compileTry,
  wait: compileWait,
};
