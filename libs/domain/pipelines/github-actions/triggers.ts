import type { Place, Trigger, TriggerKind } from '../pipeline.js';
import { lookUp } from '../reading/look-up.js';
import type { Value } from '../reading/value.js';

const KINDS: Readonly<Record<string, TriggerKind>> = {
  pull_request: 'pull-request',
  pull_request_target: 'pull-request',
  workflow_dispatch: 'manual',
  workflow_call: 'call',
};

/** `on` is a name, a list of names, or a map of names to filters. */
export function readTriggers(root: Value): readonly Trigger[] {
  const on = root.get('on');
  if (on.isMap) return on.entries.flatMap(([event, filters, place]) => readEvent(event, filters, place));
  return on.all.flatMap((each) => (each.text === undefined ? [] : readEvent(each.text, each, each.place)));
}

function readEvent(event: string, filters: Value, place: Place): readonly Trigger[] {
  if (event === 'schedule') {
    return filters.items.map((each) => {
      const cron = each.get('cron');
      return { kind: 'schedule', place: cron.place, ...(cron.text === undefined ? {} : { cron: cron.text }) };
    });
  }
  const filtered = { place, ...readFilters(filters) };
  if (event === 'push') return splitPush(filters, filtered);
  return [{ kind: lookUp(KINDS, event) ?? 'event', event, ...filtered }];
}

/** Branches and tags are told apart: a push with a filter of one of them is not started by the other. */
function splitPush(filters: Value, filtered: Omit<Trigger, 'kind'>): readonly Trigger[] {
  const tags = [...filters.get('tags').texts, ...filters.get('tags-ignore').texts.map((each) => `!${each}`)];
  const ofBranches = filters.get('branches').exists || filters.get('branches-ignore').exists;
  if (tags.length === 0) return [{ kind: 'push', ...filtered }];
  const { paths: _, notPaths: __, branches: ___, notBranches: ____, ...rest } = filtered;
  const tag: Trigger = { kind: 'tag', ...rest, tags };
  return ofBranches ? [{ kind: 'push', ...filtered }, tag] : [tag];
}

function readFilters(filters: Value): Omit<Trigger, 'kind' | 'place'> {
  const list = (key: string) => filters.get(key).texts;
  const [branches, notBranches, paths, notPaths] = [
    list('branches'),
    list('branches-ignore'),
    list('paths'),
    list('paths-ignore'),
  ];
  return {
    ...(branches.length === 0 ? {} : { branches }),
    ...(notBranches.length === 0 ? {} : { notBranches }),
    ...(paths.length === 0 ? {} : { paths }),
    ...(notPaths.length === 0 ? {} : { notPaths }),
  };
}
