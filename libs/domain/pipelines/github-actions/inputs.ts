import type { Input, InputType } from '../pipeline.js';
import { lookUp } from '../reading/look-up.js';
import type { Value } from '../reading/value.js';

const TYPES: Readonly<Record<string, InputType>> = {
  boolean: 'boolean',
  number: 'number',
  choice: 'choice',
};

/** What those give who start it by one of the events: by hand (`workflow_dispatch`), or from another workflow. */
export function readInputs(root: Value, events: readonly string[]): readonly Input[] {
  const given = events.flatMap((event) =>
    root.get('on', event, 'inputs').entries.map(([name, body, place]) => ({ name, body, place })),
  );
  const names = new Set<string>();
  return given.flatMap(({ name, body, place }): Input[] => {
    if (names.has(name)) return [];
    names.add(name);
    const initial = body.get('default');
    const choices = body.get('options').texts;
    return [
      {
        name,
        type: lookUp(TYPES, body.get('type').text) ?? 'text',
        required: body.get('required').isTrue,
        place,
        ...(initial.exists ? { default: initial.toJson() } : {}),
        ...(choices.length === 0 ? {} : { choices }),
      },
    ];
  });
}
