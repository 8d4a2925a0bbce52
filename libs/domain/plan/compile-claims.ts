import type { CommonKeys } from '../definition/definition.js';
import { compileTemplate } from './compile-step.js';
import type { NodeCommon } from './plan.js';

/** What a node takes hold of before it begins; absent where that is nothing. */
export function compileClaims({ locks = [], resources }: CommonKeys): Pick<NodeCommon, 'claims'> {
  if (locks.length === 0 && resources === undefined) return {};
  const { pool, ...amounts } = resources ?? { pool: undefined };
  return {
    claims: {
      locks: locks.map(compileTemplate),
      ...(pool === undefined ? {} : { resources: { pool, amounts } }),
    },
  };
}
