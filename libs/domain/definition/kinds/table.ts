import type { StepKind } from '../definition.js';
import type { StepSyntax } from '../reading.js';
import { forEachSyntax } from './for-each.js';
import { parallelSyntax } from './parallel.js';
import { raiseSyntax } from './raise.js';
import { setSyntax } from './set.js';
import { switchSyntax } from './switch.js';
import { usesSyntax } from './uses.js';
import { waitSyntax } from './wait.js';

/** Every kind of step by the key that marks it. */
export const STEP_SYNTAX: { readonly [K in StepKind]: StepSyntax<K> } = {
  uses: usesSyntax,
  forEach: forEachSyntax,
  parallel: parallelSyntax,
  switch: switchSyntax,
  set: setSyntax,
  wait: waitSyntax,
  raise: raiseSyntax,
};

export const STEP_KINDS = Object.keys(STEP_SYNTAX) as readonly StepKind[];
