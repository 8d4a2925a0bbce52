import { entryOf, toJson } from '../../../definition/tree.js';
import { durationSource } from '../durations.js';
import { jq, unwrap } from '../expressions.js';
import type { CompileTask } from './compile-task.js';

export const compileWait: CompileTask = ({ spot }, builder) => {
  const place = entryOf(spot, 'wait')!;
  const written = toJson(place.node);
  const computed = typeof written === 'string' ? unwrap(written) : undefined;
  if (computed !== undefined) {
    const { source } = builder.readExpression(place, written as string);
    return { kind: 'wait', for: { kind: 'expression', expression: jq(durationSource(source)) } };
  }
  const ms = builder.readDuration(place);
  return ms === undefined ? undefined : { kind: 'wait', for: { kind: 'literal', value: `${ms}ms` } };
};
