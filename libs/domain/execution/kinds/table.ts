import type { Behaviours } from '../behaviour.js';
import { approval } from './approval.js';
import { emit } from './emit.js';
import { forEach } from './for-each.js';
import { listen } from './listen.js';
import { loop } from './loop.js';
import { parallel } from './parallel.js';
import { raise } from './raise.js';
import { set } from './set.js';
import { stage } from './stage.js';
import { switchBehaviour } from './switch.js';
import { tryBehaviour } from './try.js';
import { uses } from './uses.js';
import { wait } from './wait.js';
import { waitFor } from './wait-for.js';
import { workflow } from './workflow.js';

export const BEHAVIOURS: Behaviours = {
  stage,
  uses,
  forEach,
  parallel,
  switch: switchBehaviour,
  set,
  wait,
  loop,
  try: tryBehaviour,
  approval,
  waitFor,
  listen,
  emit,
  workflow,
  raise,
};
