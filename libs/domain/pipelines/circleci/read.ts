import type { Input, InputType, Pipeline, Trigger, Use } from '../pipeline.js';
import { type Reading, startOf } from '../reading/context.js';
import { noteUnknownKeys } from '../reading/known-keys.js';
import { lookUp } from '../reading/look-up.js';
import { readOrb } from '../reading/references.js';
import { Value } from '../reading/value.js';
import { readTrees } from '../reading/yaml-tree.js';
import { listUses, readJobs } from './jobs.js';

const KEYS = ['version', 'setup', 'orbs', 'commands', 'parameters', 'executors', 'jobs', 'workflows'];

/** The workflows of CircleCI; where there are none, the job `build` is all. */
export function readCircleCi(reading: Reading): readonly Pipeline[] {
  const start = startOf(reading.file);
  const [tree] = readTrees(reading, reading.file, start);
  const root = new Value(tree ?? { kind: 'empty', place: start });
  if (!root.isMap) {
    reading.note('shape-unexpected', root.place, 'A configuration is a map with `jobs` and `workflows`.');
    return [];
  }
  noteUnknownKeys(reading, withoutAnchors(root), KEYS);
  if (root.get('setup').isTrue)
    reading.note('made-at-run-time', root.placeOf('setup'), 'What goes on behind the setup is made by it.');
  const orbs = root
    .get('orbs')
    .entries.flatMap(([, each]): Use[] => (each.text === undefined ? [] : [readOrb(each.text, each.place)]));
  const shared = { platform: 'circleci', inputs: readInputs(root), uses: orbs } as const;
  const workflows = root.get('workflows').entries.filter(([name, body]) => name !== 'version' && body.isMap);
  if (workflows.length === 0) {
    const jobs = root.get('jobs').entries.map(([name, , place]) => ({
      name,
      settings: new Value({ kind: 'empty', place }),
      value: new Value({ kind: 'empty', place }),
    }));
    const name = reading.file;
    return [
      {
        ...shared,
        name,
        place: start,
        triggers: [{ kind: 'push', place: start }],
        jobs: readJobs(root, jobs, reading),
      },
    ];
  }
  return workflows.map(([name, body, place]) => {
    const uses = listUses(body.get('jobs'));
    return {
      ...shared,
      name,
      place,
      triggers: readTriggers(
        root,
        body,
        uses.map(({ settings }) => settings),
        place,
      ),
      jobs: readJobs(root, uses, reading),
    };
  });
}

/** Keys that begin with `x-` or hold nothing but anchors are for people. */
function withoutAnchors(root: Value): Value {
  if (root.tree.kind !== 'map') return root;
  const entries = root.tree.entries.filter(
    ({ key }) => KEYS.includes(key) || !/^(x-|aliases$|references$|anchors$|defaults$|\.)/.test(key),
  );
  return new Value({ ...root.tree, entries });
}

/** A schedule stands alone; else each push starts those jobs whose filters let it through. */
function readTriggers(
  root: Value,
  body: Value,
  uses: readonly Value[],
  place: Pipeline['place'],
): readonly Trigger[] {
  const schedules = body.get('triggers').items.flatMap((each): Trigger[] => {
    const cron = each.get('schedule', 'cron');
    const branches = each.get('schedule', 'filters', 'branches', 'only').texts;
    return cron.text === undefined
      ? []
      : [
          {
            kind: 'schedule',
            place: cron.place,
            cron: cron.text,
            ...(branches.length === 0 ? {} : { branches }),
          },
        ];
  });
  if (schedules.length > 0) return schedules;
  const triggers: Trigger[] = [];
  const branches = uses.map((each) => each.get('filters', 'branches'));
  const pushed = branches.filter((each) => !each.get('ignore').texts.includes('/.*/'));
  if (pushed.length > 0) {
    const isFiltered = pushed.every((each) => each.get('only').exists);
    const only = [...new Set(pushed.flatMap((each) => each.get('only').texts))];
    triggers.push({ kind: 'push', place, ...(isFiltered ? { branches: only } : {}) });
  }
  const tags = [...new Set(uses.flatMap((each) => each.get('filters', 'tags', 'only').texts))];
  if (tags.length > 0) triggers.push({ kind: 'tag', place, tags });
  if (root.get('parameters').exists) triggers.push({ kind: 'manual', place: root.placeOf('parameters') });
  return triggers;
}

const TYPES: Readonly<Record<string, InputType>> = { boolean: 'boolean', integer: 'number', enum: 'choice' };

function readInputs(root: Value): readonly Input[] {
  return root.get('parameters').entries.map(([name, body, place]): Input => {
    const initial = body.get('default');
    const choices = body.get('enum').texts;
    return {
      name,
      type: lookUp(TYPES, body.get('type').text) ?? 'text',
      required: !initial.exists,
      place,
      ...(initial.exists ? { default: initial.toJson() } : {}),
      ...(choices.length === 0 ? {} : { choices }),
    };
  });
}
