import type { Definition } from '../definition/definition.js';
import { parse } from '../definition/parse.js';
import { type ParsedTree, type TreeNode, toJson } from '../definition/tree.js';
import { writeDefinition } from '../definition/write.js';
import type { Format } from '../front-ends/front-end.js';
import type { Note } from '../front-ends/steps/conversion.js';
import { readSteps } from '../front-ends/steps/front-end.js';
import { FRONT_ENDS } from '../front-ends/table.js';
import type { PlanActions } from '../plan/action.js';
import { compile } from '../plan/compile.js';
import type { FindingCode } from '../validation/codes.js';
import type { Finding, Position } from '../validation/finding.js';
import { validate } from '../validation/validate.js';
import { compareVersions, type VersionDiff } from '../versions/compare-versions.js';
import { TARGETS, type TargetFormat } from './table.js';
import { below, type ExportTarget, Writing } from './target.js';

/** What became of a definition that was to be exported. */
export interface Exported {
  /** As written, where it could be read. */
  readonly name?: string;
  /** The language that it is in. */
  readonly from: Format;
  readonly findings: readonly Finding[];
  readonly notes: readonly Note[];
  /** The document, where all of its meaning is kept: YAML, or as it stands. */
  readonly text?: string;
}

/** Writes a definition in another language, and reads it again to see that nothing was lost. Never throws. */
export function exportText(text: string, actions: PlanActions, format: Format): Exported {
  const { tree, findings } = parse(text);
  const from = tree === undefined ? 'sluice' : recognise(tree);
  if (tree === undefined || findings.length > 0) return { from, findings, notes: [] };
  const source = readSource(tree, from, actions);
  const head = { from, ...(source.name === undefined ? {} : { name: source.name }) };
  if (source.findings.some(({ severity }) => severity === 'error'))
    return { ...head, findings: source.findings, notes: [] };
  if (from === format) return { ...head, findings: [], notes: [], text };
  const { definition, tree: own } = source;
  const target = Object.hasOwn(TARGETS, format) ? TARGETS[format as TargetFormat] : undefined;
  if (definition === undefined || own === undefined || (target === undefined && format !== 'sluice'))
    return {
      ...head,
      findings: [
        refuse(
          'export-unsupported',
          `${FRONT_ENDS[from].title} is not exported to ${FRONT_ENDS[format].title}.`,
          `Write \`--format ${from}\`, or no format.`,
        ),
      ],
      notes: [],
    };
  if (target === undefined)
    return { ...head, findings: [], notes: source.notes, text: writeDefinition(toJson(own.root) as never) };
  const written = writeChecked(definition, {
    target,
    format,
    actions,
    tree: from === 'sluice' ? own : undefined,
  });
  return { ...head, ...written, notes: [...source.notes, ...written.notes] };
}

interface SourceReading {
  readonly name?: string;
  readonly findings: readonly Finding[];
  readonly notes: readonly Note[];
  readonly definition?: Definition;
  /** In our own language. */
  readonly tree?: ParsedTree;
}

function readSource(tree: ParsedTree, from: Format, actions: PlanActions): SourceReading {
  switch (from) {
    case 'sluice':
      return { ...validate(tree, actions), notes: [], tree };
    case 'open-workflow':
      return { ...FRONT_ENDS[from].read(tree, actions), notes: [] };
    case 'steps': {
      const reading = readSteps(tree, actions);
      const own = reading.definition && parse(JSON.stringify(reading.definition)).tree;
      const definition = own && validate(own, actions).definition;
      return {
        ...(reading.name === undefined ? {} : { name: reading.name }),
        findings: reading.findings,
        notes: reading.notes,
        ...(own === undefined ? {} : { tree: own }),
        ...(definition === undefined ? {} : { definition }),
      };
    }
  }
}

interface Task {
  readonly target: ExportTarget;
  readonly format: Format;
  readonly actions: PlanActions;
  /** Where lines are known. */
  readonly tree: ParsedTree | undefined;
}

type Written = Pick<Exported, 'findings' | 'notes' | 'text'>;

/** As people would write it first; what is not kept so, as near to the definition as can be. */
function writeChecked(definition: Definition, task: Task): Written {
  const plain = new Set<string>();
  for (;;) {
    const writing = new Writing(task.tree && { node: task.tree.root, path: undefined });
    const document = task.target.write(definition, writing, plain);
    if (!writing.report.isEmpty) return { findings: writing.report.list(), notes: [] };
    const text = writeDefinition(document);
    const changed = findChanged(text, definition, task);
    if (changed.length === 0) return { findings: [], notes: writing.notes, text };
    const more = changed
      .flatMap(({ step }) => (step === undefined ? [...writing.paths.keys()] : [step]))
      .filter((id) => !plain.has(id));
    if (more.length === 0 || plain.size === writing.paths.size) {
      for (const { step, part, message } of changed)
        writing.refuseChanged(
          step === undefined ? part && below(undefined, ...part) : writing.paths.get(step),
          message,
        );
      return { findings: writing.report.list(), notes: [] };
    }
    for (const id of more) plain.add(id);
  }
}

/** Something that would mean something else, in a step or beside them. */
interface Changed {
  readonly step?: string;
  readonly part?: readonly string[];
  readonly message: string;
}

const REWRITTEN: Changed = {
  message: 'The plan would differ in how its expressions or steps are written.',
};

/** The numbers of called versions are told at the end: by whoever knows them, the same on both sides. */
const versionOf = () => 1;

function findChanged(
  text: string,
  definition: Definition,
  { target, format, actions }: Task,
): readonly Changed[] {
  const { tree, findings } = parse(text);
  const reading = tree === undefined ? undefined : FRONT_ENDS[format].read(tree, actions);
  const workflow = reading?.workflow;
  if (workflow === undefined)
    return [...findings, ...(reading?.findings ?? [])].map((each) => ({
      ...(tree && findStep(tree.root, each)),
      message: `It could not be read again: ${each.message}`,
    }));
  if (!target.comparesPlans) return [];
  const before = { plan: compile(definition, actions, versionOf), inputs: definition.inputs };
  const after = { plan: workflow.compile(versionOf), inputs: workflow.inputs };
  const changed: readonly Changed[] = [
    ...(definition.name === workflow.name
      ? []
      : [{ part: ['name'], message: `It would be called ${workflow.name}.` }]),
    ...(definition.description === workflow.description
      ? []
      : [{ part: ['description'], message: 'The description would read otherwise.' }]),
    ...describeDiff(compareVersions(before, after)),
  ];
  // A comparison by meaning does not tell all: the very same Plan is asked for.
  return changed.length > 0 || before.plan.digest === after.plan.digest ? changed : [REWRITTEN];
}

/** The innermost step of a document in which something stands. */
function findStep(root: TreeNode, at: Position): { readonly step: string } | undefined {
  let found: { readonly step: string } | undefined;
  const open: TreeNode[] = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.kind === 'scalar') continue;
    if (node.kind === 'list') {
      for (const item of node.items.toReversed()) open.push(item);
      continue;
    }
    const { line, column } = node.position;
    const id = node.entries.get('id')?.value;
    if (id?.kind === 'scalar' && (line < at.line || (line === at.line && column <= at.column)))
      found = { step: String(id.value) };
    for (const { value } of [...node.entries.values()].toReversed()) open.push(value);
  }
  return found;
}

function describeDiff({ inputs, steps, keys }: VersionDiff): Changed[] {
  return [
    ...inputs.map(({ name, why }) => ({
      part: ['inputs', name],
      message: `The input would differ: ${why}.`,
    })),
    ...steps.map(({ id, from, change, values: [first] }) => ({
      step: from ?? id,
      message:
        change === 'changed'
          ? `\`${first?.path ?? ''}\` would become ${shown(first?.after)} in place of ${shown(first?.before)}.`
          : `The step would be ${change}.`,
    })),
    ...keys.map(({ key, why }) => ({ part: [key], message: `\`${key}\` would differ: ${why}.` })),
  ];
}

function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 119).toWellFormed()}…` : text;
}

function recognise(tree: ParsedTree): Format {
  return (Object.keys(FRONT_ENDS) as Format[]).find((format) => FRONT_ENDS[format].recognises(tree))!;
}

function refuse(code: FindingCode, message: string, hint: string): Finding {
  return { code, severity: 'error', path: '', line: 1, column: 1, message, hint };
}
