import * as real from '../../libs/domain/execution/decide.js';

/** A changed engine: the same decisions, commanded in the opposite order. The replay test must notice. */
export const { createState } = real;

export function decide(...args: Parameters<typeof real.decide>): real.Decision {
  const { state, commands } = real.decide(...args);
  return { state, commands: commands.toReversed() };
}
