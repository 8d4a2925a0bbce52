import { descend } from '../../../definition/tree.js';
import { compileFunction } from './call-function.js';
import { compileHttp } from './call-http.js';
import { compileOpenapi } from './call-openapi.js';
import type { CompileTask } from './compile-task.js';

const UNSUPPORTED: readonly string[] = ['grpc', 'asyncapi', 'a2a', 'mcp'];

export const compileCall: CompileTask = (task, builder, place, context) => {
  const call = String(task.value['call']);
  if (call === 'http') return compileHttp(task, builder);
  if (call === 'openapi') return compileOpenapi(task, builder);
  if (!UNSUPPORTED.includes(call)) return compileFunction(task, builder, place, context);
  return builder.refuse(
    'open-workflow-call',
    descend(task.spot, ['call']),
    `Calls of \`${call}\` are not supported here.`,
    'Use `call: http` or `call: openapi`, or run a program of yours with `run: shell`.',
  );
};
