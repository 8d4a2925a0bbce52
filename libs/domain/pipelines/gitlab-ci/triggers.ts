import type { Place, Trigger, TriggerKind } from '../pipeline.js';
import { lookUp } from '../reading/look-up.js';
import type { Value } from '../reading/value.js';

const SOURCES: Readonly<Record<string, TriggerKind>> = {
  merge_request_event: 'pull-request',
  external_pull_request_event: 'pull-request',
  push: 'push',
  schedule: 'schedule',
  web: 'manual',
  trigger: 'call',
  pipeline: 'call',
  parent_pipeline: 'call',
};

const REFS: Readonly<Record<string, TriggerKind>> = {
  branches: 'push',
  pushes: 'push',
  tags: 'tag',
  merge_requests: 'pull-request',
  external_pull_requests: 'pull-request',
  schedules: 'schedule',
  web: 'manual',
  triggers: 'call',
  pipelines: 'call',
};

interface Start {
  readonly kind: TriggerKind;
  readonly event?: string;
  /** Absent for every branch. */
  readonly branches?: readonly string[];
  readonly paths?: readonly string[];
}

/** What starts a pipeline: the rules of the whole, or else those of its jobs, of which one suffices. */
export function readTriggers(root: Value, rules: Value, jobs: readonly Value[]): readonly Trigger[] {
  const gathered = new Gathered();
  if (rules.exists) gatherRules(rules, gathered, true);
  else for (const job of jobs) gatherJob(job, gathered);
  const filled = root.get('variables').entries.find(([, each]) => each.get('description').exists);
  if (filled !== undefined) gathered.add({ kind: 'manual' }, filled[2]);
  return gathered.triggers;
}

function gatherJob(job: Value, gathered: Gathered): void {
  const rules = job.get('rules');
  const only = job.get('only');
  if (rules.exists) return gatherRules(rules, gathered, false);
  const refs = only.isMap ? only.get('refs') : only;
  if (!refs.exists) {
    for (const kind of ['push', 'tag'] as const) gathered.add({ kind }, job.place);
    return;
  }
  for (const ref of refs.all) {
    const text = ref.text ?? '';
    const kind = lookUp(REFS, text);
    if (kind !== undefined) gathered.add({ kind }, ref.place);
    else if (text === 'api') gathered.add({ kind: 'event', event: 'api' }, ref.place);
    else gathered.add({ kind: 'push', branches: [text] }, ref.place);
  }
}

function gatherRules(rules: Value, gathered: Gathered, ofAll: boolean): void {
  for (const rule of rules.items) {
    if (rule.get('when').text === 'never') continue;
    const changes = rule.get('changes');
    const paths = ofAll ? (changes.isMap ? changes.get('paths') : changes).texts : [];
    for (const start of readCondition(rule.get('if').text))
      gathered.add({ ...start, ...(paths.length === 0 ? {} : { paths }) }, rule.place);
  }
}

/** Each side of `||` starts pipelines of its own. */
function readCondition(text: string | undefined): readonly Start[] {
  if (text === undefined) return ANY;
  return text.split('||').flatMap(readConjunction);
}

const ANY: readonly Start[] = [{ kind: 'push' }, { kind: 'tag' }, { kind: 'pull-request' }];

const COMPARISON = /\$(\w+)(?:\s*(==|!=|=~|!~)\s*("[^"]*"|'[^']*'|\/(?:[^/\\]|\\.)*\/\w*|\$\w+|null))?/g;

function readConjunction(text: string): readonly Start[] {
  let kind: Start | undefined;
  let branch: string | undefined;
  let ofBranches = false;
  for (const [, name = '', operator, right = ''] of text.matchAll(COMPARISON)) {
    const value = right.replace(/^["']|["']$/g, '');
    const isTrue = operator === undefined || (operator === '!=' && (right === 'null' || value === ''));
    const fits = operator === '==' || operator === '=~';
    if (name === 'CI_PIPELINE_SOURCE' && fits)
      kind = { kind: lookUp(SOURCES, value) ?? 'event', ...eventOf(value) };
    else if (name === 'CI_COMMIT_TAG' && (isTrue || fits) && right !== 'null') kind ??= { kind: 'tag' };
    else if (name.startsWith('CI_MERGE_REQUEST_') && isTrue) kind ??= { kind: 'pull-request' };
    else if (/^CI_COMMIT_(BRANCH|REF_NAME)$/.test(name) && right !== 'null') {
      ofBranches = true;
      if (fits) branch = value;
    }
  }
  const branches = branch === undefined ? {} : { branches: [branch] };
  if (kind !== undefined)
    return [kind.kind === 'push' || kind.kind === 'schedule' ? { ...kind, ...branches } : kind];
  return ofBranches ? [{ kind: 'push', ...branches }] : ANY;
}

function eventOf(source: string): { readonly event?: string } {
  return lookUp(SOURCES, source) === undefined ? { event: source } : {};
}

/** One trigger of each kind; a start without filters takes the filters of the others away. */
class Gathered {
  private readonly found = new Map<string, Trigger>();

  add({ kind, event, branches, paths }: Start, place: Place): void {
    const key = `${kind} ${event ?? ''}`;
    const before = this.found.get(key);
    const first = before === undefined;
    const both = <T>(old: readonly T[] | undefined, more: readonly T[] | undefined) =>
      first ? more : old === undefined || more === undefined ? undefined : [...new Set([...old, ...more])];
    const all = { branches: both(before?.branches, branches), paths: both(before?.paths, paths) };
    this.found.set(key, {
      kind,
      place: before?.place ?? place,
      ...(event === undefined ? {} : { event }),
      ...(all.branches === undefined ? {} : { branches: all.branches }),
      ...(all.paths === undefined ? {} : { paths: all.paths }),
    });
  }

  get triggers(): readonly Trigger[] {
    return [...this.found.values()];
  }
}
