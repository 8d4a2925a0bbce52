import type { LogWriteInput } from '#contracts/catalogue/log-write.js';
import type { Action } from '#contracts/ports.js';

/** `log/write`. */
export const writeLog: Action = async (input, context) => {
  const { message, level } = input as unknown as LogWriteInput;
  const text = typeof message === 'string' ? message : JSON.stringify(message);
  for (const line of text.split(/\r?\n/)) context.log(level === 'warn' ? 'stderr' : 'stdout', line);
  return {};
};
