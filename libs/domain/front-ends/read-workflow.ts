import { parse } from '../definition/parse.js';
import type { ParsedTree } from '../definition/tree.js';
import type { PlanActions } from '../plan/action.js';
import type { Format, Reading } from './front-end.js';
import { FRONT_ENDS } from './table.js';

/**
 * What a text means in the language that it is written in, or everything that is wrong with it. Never throws.
 *
 * @param format where absent, the first language that recognises the text
 */
export function readWorkflow(text: string, actions: PlanActions, format?: Format): Reading {
  const { tree, findings } = parse(text);
  if (tree === undefined) return { calls: [], findings };
  const { workflow, ...reading } = FRONT_ENDS[format ?? recognise(tree)].read(tree, actions);
  const all = [...findings, ...reading.findings].sort((a, b) => a.line - b.line || a.column - b.column);
  return {
    ...reading,
    findings: all,
    ...(findings.length > 0 || workflow === undefined ? {} : { workflow }),
  };
}

function recognise(tree: ParsedTree): Format {
  return (Object.keys(FRONT_ENDS) as Format[]).find((format) => FRONT_ENDS[format].recognises(tree))!;
}
