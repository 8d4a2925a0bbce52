import type { Behaviours } from '../behaviour.js';
import { forEach } from './for-each.js';
import { parallel } from './parallel.js';
import { raise } from './raise.js';
import { set } from './set.js';
import { stage } from './stage.js';
import { switchBehaviour } from './switch.js';
import { uses } from './uses.js';
import { wait } from './wait.js';

export const BEHAVIOURS: Behaviours = {
  stage,
  uses,
  forEach,
  parallel,
  switch: switchBehaviour,
  set,
  wait,
  raise,
};
