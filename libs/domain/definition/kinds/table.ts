import type { StepKind } from '../definition.js';
import type { StepSyntax } from '../reading.js';
import { approvalSyntax } from './approval.js';
import { emitSyntax } from './emit.js';
import { forEachSyntax } from './for-each.js';
import { loopSyntax } from './loop.js';
import { parallelSyntax } from './parallel.js';
import { raiseSyntax } from './raise.js';
import { setSyntax } from './set.js';
import { switchSyntax } from './switch.js';
import { trySyntax } from './try.js';
import { usesSyntax } from './uses.js';
import { waitSyntax } from './wait.js';
import { waitForSyntax } from './wait-for.js';
import { workflowSyntax } from './workflow.js';

/** Every kind of step by the key that marks it. */
export const STEP_SYNTAX: { readonly [K in StepKind]: StepSyntax<K> } = {
  uses: usesSyntax,
  approval: approvalSyntax,
  forEach: forEachSyntax,
  loop: loopSyntax,
  parallel: parallelSyntax,
  switch: switchSyntax,
  try: trySyntax,
  wait: waitSyntax,
  waitFor: waitForSyntax,
  workflow: workflowSyntax,
  set: setSyntax,
  emit: emitSyntax,
  raise: raiseSyntax,
};

export const STEP_KINDS = Object.keys(STEP_SYNTAX) as readonly StepKind[];
