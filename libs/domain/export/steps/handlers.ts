import type { StageDefinition } from '../../definition/definition.js';

/** Keys of a list of steps whose steps come after all others, and the stages that they become. */
export const HANDLERS = [
  handler('on-failure', 'onFailure', 'failed()'),
  handler('on-success', 'onSuccess', 'succeeded()'),
  handler('finally', 'finally', 'always()'),
];

const IDS: ReadonlySet<string> = new Set(HANDLERS.map(({ id }) => id));

function handler(id: string, key: string, condition: string) {
  return {
    id,
    key,
    isMeant: (stage: StageDefinition, ids: readonly string[], at: number) =>
      stage.id === id &&
      stage.if === condition &&
      stage.timeout === undefined &&
      (stage.needs ?? ids.slice(Math.max(0, at - 1), at)).join() ===
        ids.filter((each) => !IDS.has(each)).join(),
  };
}
