import type { Input, InputType, Place, Trigger, TriggerKind } from '../pipeline.js';
import { lookUp } from '../reading/look-up.js';
import type { Value } from '../reading/value.js';

/** Without a word every push of a branch starts it; pull requests only on the hosts that read `pr`. */
export function readTriggers(root: Value, start: Place): readonly Trigger[] {
  const triggers: Trigger[] = [];
  const push = root.get('trigger');
  if (!push.exists) triggers.push({ kind: 'push', place: start });
  else triggers.push(...readFilters('push', push, root.placeOf('trigger')));
  const pr = root.get('pr');
  if (pr.exists) triggers.push(...readFilters('pull-request', pr, root.placeOf('pr')));
  for (const schedule of root.get('schedules').items) {
    const cron = schedule.get('cron');
    const branches = schedule.get('branches', 'include').texts;
    triggers.push({
      kind: 'schedule',
      place: cron.place,
      ...(cron.text === undefined ? {} : { cron: cron.text }),
      ...(branches.length === 0 ? {} : { branches }),
    });
  }
  for (const resource of root.get('resources', 'pipelines').items) {
    if (resource.get('trigger').exists && resource.get('trigger').text !== 'none')
      triggers.push({ kind: 'call', event: 'pipeline', place: resource.place });
  }
  return triggers;
}

function readFilters(kind: TriggerKind, value: Value, place: Place): readonly Trigger[] {
  if (value.text === 'none') return [];
  const list = (...keys: readonly string[]) => value.get(...keys).texts;
  const branches = value.isMap ? list('branches', 'include') : value.texts;
  const [notBranches, paths, notPaths, tags] = [
    list('branches', 'exclude'),
    list('paths', 'include'),
    list('paths', 'exclude'),
    list('tags', 'include'),
  ];
  const filters = {
    ...(branches.length === 0 ? {} : { branches }),
    ...(notBranches.length === 0 ? {} : { notBranches }),
    ...(paths.length === 0 ? {} : { paths }),
    ...(notPaths.length === 0 ? {} : { notPaths }),
  };
  const tag: Trigger[] = tags.length === 0 ? [] : [{ kind: 'tag', place, tags }];
  const onlyTags = tags.length > 0 && !value.get('branches').exists;
  return onlyTags ? tag : [{ kind, place, ...filters }, ...tag];
}

const TYPES: Readonly<Record<string, InputType>> = {
  boolean: 'boolean',
  number: 'number',
  object: 'object',
  stringList: 'list',
};

/** `parameters` of the file, which whoever starts it by hand may give. */
export function readInputs(root: Value): readonly Input[] {
  return root.get('parameters').items.flatMap((each): Input[] => {
    const name = each.get('name').text;
    if (name === undefined) return [];
    const initial = each.get('default');
    const choices = each.get('values').texts;
    return [
      {
        name,
        type: choices.length > 0 ? 'choice' : (lookUp(TYPES, each.get('type').text) ?? 'text'),
        required: !initial.exists,
        place: each.place,
        ...(initial.exists ? { default: initial.toJson() } : {}),
        ...(choices.length === 0 ? {} : { choices }),
      },
    ];
  });
}
