import { entriesOf, isList, isMap, itemsOf, type Spot } from '../../definition/tree.js';
import { asMap, flagOf, Keys, numberOf, textOf } from './keys.js';
import type { DocumentContext } from './kinds/kind.js';
import type { ReadStep } from './read-step.js';

/** `parallelGroups`: lists of ids, or maps that hold one each; remembers in `groupOf` which steps run side by side. */
export function readGroups(
  spot: Spot,
  steps: readonly ReadStep[],
  groupOf: Map<ReadStep, string>,
  { conversion, names }: DocumentContext,
): void {
  const groups = isMap(spot)
    ? entriesOf(spot).map(([name, group]) => [name, group] as const)
    : isList(spot)
      ? itemsOf(spot).map((group, index) => [String(index), group] as const)
      : [];
  for (const [name, group] of groups) {
    const map = asMap(group);
    const keys = map && new Keys(map, conversion);
    const members =
      keys === undefined
        ? group
        : keys.take('steps', 'stepids', 'members', 'tasks', 'ids', 'parallel', 'jobs');
    const limit =
      keys &&
      numberOf(
        keys.take('maxconcurrency', 'limit', 'concurrency', 'maxparallel', 'maxconcurrent', 'parallelism'),
      );
    keys?.takeAll('id', 'name');
    const waits = keys?.take('waitforall', 'waitall', 'join');
    const ids =
      members === undefined
        ? []
        : (isList(members) ? itemsOf(members) : [members]).map(
            (item) =>
              [
                textOf(item) ??
                  textOf(
                    asMap(item)?.node.entries.get('id') && {
                      node: asMap(item)!.node.entries.get('id')!.value,
                      path: item.path,
                    },
                  ) ??
                  '',
                item,
              ] as const,
          );
    if (waits !== undefined && flagOf(waits) === false)
      conversion.refuse(
        'steps-not-kept',
        waits,
        'What follows a group waits for all of it.',
        'Write a step of the type parallel.',
      );
    const fails = keys?.take(
      'failfast',
      'stoponfailure',
      'stoponerror',
      'continueonerror',
      'failurestrategy',
      'onerror',
    );
    if (fails !== undefined)
      conversion.note('decided', fails, 'What runs beside a step that failed goes on to its end.');
    keys?.finish('a group of parallel steps');
    if (limit !== undefined && limit < ids.length)
      conversion.refuse(
        'steps-not-kept',
        group,
        `Of this group ${limit} run at once, and a group has no limit here.`,
        'Write a step of the type parallel with `limit`.',
      );
    for (const [id, item] of ids) {
      const source = names.step(id);
      const step = steps.find((each) => each.source === source);
      if (step === undefined)
        conversion.refuse(
          'steps-step-unknown',
          item,
          `There is no step ${JSON.stringify(id.slice(0, 80))} here.`,
          'Name steps of the list.',
        );
      else groupOf.set(step, ` ${name}`);
    }
  }
}
