import { isList, isMap, isScalar, itemsOf, type Spot, type TreeMap } from '../../definition/tree.js';
import type { Conversion } from './conversion.js';
import { Keys, textOf } from './keys.js';

/** What is to follow a step that ended so. */
export interface Reaction {
  /** Names of steps, or words such as `continue`; a step with that name is meant first. */
  readonly targets: readonly Spot[];
  /** Steps written where the reaction stands. */
  readonly inline: readonly Spot[];
  /** How often to try again before. */
  readonly retry?: Spot;
}

const TARGET_KEYS = [
  'step',
  'steps',
  'goto',
  'target',
  'next',
  'nextstep',
  'then',
  'run',
  'stepid',
  'jump',
  'jumpto',
  'execute',
  'to',
  'fallback',
  'fallbackstep',
];
const ACTION_KEYS = [
  'action',
  'strategy',
  'do',
  'policy',
  'behavior',
  'behaviour',
  'mode',
  'type',
  'continue',
];

/** `deploy`, `[deploy, notify]`, `continue`, `{ action: goto, step: deploy }`, or steps themselves. */
export function readReaction(spot: Spot, conversion: Conversion): Reaction {
  if (isScalar(spot)) return { targets: [spot], inline: [] };
  if (isList(spot)) {
    const read = itemsOf(spot).map((item) => readReaction(item, conversion));
    const retry = read.find((each) => each.retry !== undefined)?.retry;
    return {
      targets: read.flatMap(({ targets }) => targets),
      inline: read.flatMap(({ inline }) => inline),
      ...(retry === undefined ? {} : { retry }),
    };
  }
  const map = isMap(spot) ? spot : undefined;
  if (map === undefined) return { targets: [], inline: [] };
  if (isStep(map)) return { targets: [], inline: [map] };
  const keys = new Keys(map, conversion);
  const action = keys.take(...ACTION_KEYS);
  const found = TARGET_KEYS.flatMap((key) => keys.take(key) ?? []);
  const parts = found.map((each) => readReaction(each, conversion));
  const word = textOf(action)?.toLowerCase();
  const isJump =
    word !== undefined && /^(goto|jump|step|run|execute|next|run_?steps?)$/.test(word) && found.length > 0;
  const retry = word === 'retry' ? keys.take('retrypolicy', 'retry') : undefined;
  const counted =
    word === 'retry' &&
    retry === undefined &&
    keys.has('maxattempts', 'attempts', 'maxretries', 'retries', 'count');
  if (counted) keys.takeRest();
  keys.finish('what follows a step');
  const retried = retry ?? (counted ? without(map, ACTION_KEYS) : undefined);
  return {
    targets: [
      ...(action === undefined || isJump ? [] : [readFlag(action)]),
      ...parts.flatMap(({ targets }) => targets),
    ],
    inline: parts.flatMap(({ inline }) => inline),
    ...(retried === undefined ? {} : { retry: retried }),
  };
}

function without(map: Spot<TreeMap>, keys: readonly string[]): Spot<TreeMap> {
  const entries = [...map.node.entries].filter(([key]) => !keys.includes(key.toLowerCase()));
  return { ...map, node: { ...map.node, entries: new Map(entries) } };
}

/** `continue: true`. */
function readFlag(action: Spot): Spot {
  if (!isScalar(action) || typeof action.node.value !== 'boolean') return action;
  return { ...action, node: { ...action.node, value: action.node.value ? 'continue' : 'stop' } };
}

/** Whether a map is a step itself, and not a word about what to do. */
function isStep(map: Spot<TreeMap>): boolean {
  const keys = [...map.node.entries.keys()].map((key) => key.toLowerCase());
  return (
    keys.some((key) => /^(command|cmd|script|url|run|uses|message)$/.test(key)) ||
    (keys.includes('type') && keys.some((key) => /^(id|name|config|parameters|params)$/.test(key)))
  );
}

/** Words that are no names of steps, and what they mean for a step that failed. */
export function policyOf(word: string): 'continue' | 'fail' | 'rollback' | 'intervene' | 'retry' | undefined {
  const key = word.toLowerCase().replace(/[^a-z]/g, '');
  if (
    /^(continue|ignore|skip|proceed|next|continueonerror|nothing|none|noop|pass|warn|log|continueworkflow|gotonext|true)$/.test(
      key,
    )
  )
    return 'continue';
  if (
    /^(stop|abort|fail|halt|terminate|exit|end|break|cancel|throw|raise|stopworkflow|failworkflow|abortworkflow|failfast|error|stoponerror|stoponfailure|failworkflow|false)$/.test(
      key,
    )
  )
    return 'fail';
  if (/^(rollback|compensate|revert|undo|rollbackall)$/.test(key)) return 'rollback';
  if (/^(pause|manual|intervene|wait|manualintervention|ask|hold|suspend)$/.test(key)) return 'intervene';
  return /^(retry|retrystep)$/.test(key) ? 'retry' : undefined;
}
