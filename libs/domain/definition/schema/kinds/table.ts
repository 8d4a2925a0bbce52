import type { StepKind } from '../../definition.js';
import type { KindSchema } from '../kind-schema.js';
import { approvalSchema } from './approval.js';
import { emitSchema } from './emit.js';
import { forEachSchema } from './for-each.js';
import { loopSchema } from './loop.js';
import { parallelSchema } from './parallel.js';
import { raiseSchema } from './raise.js';
import { setSchema } from './set.js';
import { switchSchema } from './switch.js';
import { trySchema } from './try.js';
import { usesSchema } from './uses.js';
import { waitSchema } from './wait.js';
import { waitForSchema } from './wait-for.js';
import { workflowSchema } from './workflow.js';

export const KIND_SCHEMAS: { readonly [K in StepKind]: KindSchema } = {
  uses: usesSchema,
  approval: approvalSchema,
  forEach: forEachSchema,
  loop: loopSchema,
  parallel: parallelSchema,
  switch: switchSchema,
  try: trySchema,
  wait: waitSchema,
  waitFor: waitForSchema,
  workflow: workflowSchema,
  set: setSchema,
  emit: emitSchema,
  raise: raiseSchema,
};
