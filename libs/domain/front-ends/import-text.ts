import { parse } from '../definition/parse.js';
import type { ParsedTree } from '../definition/tree.js';
import { writeDefinition } from '../definition/write.js';
import type { PlanActions } from '../plan/action.js';
import type { FindingCode } from '../validation/codes.js';
import type { Finding } from '../validation/finding.js';
import type { Format } from './front-end.js';
import { findKnownTool } from './known-tools.js';
import type { Note } from './steps/conversion.js';
import { readSteps, splitWorkflows } from './steps/front-end.js';
import { FRONT_ENDS } from './table.js';

/** A file that is to be taken over, in bytes: whether they are text is found out here. */
export interface ImportSource {
  readonly path: string;
  readonly content: Uint8Array;
}

export interface ImportOptions {
  /** Recognised where absent. */
  readonly format?: Format;
  /** Keys of lists of steps that may be lost. */
  readonly leaveOut?: ReadonlySet<string>;
}

/** What became of one workflow of a file. */
export interface Imported {
  readonly path: string;
  readonly format?: Format;
  /** Of the definition, where it could be read. */
  readonly name?: string;
  readonly findings: readonly Finding[];
  readonly notes: readonly Note[];
  /** The definition to keep, where all was taken over: of a list of steps in our own language, else as it stands. */
  readonly text?: string;
  readonly kind?: 'yaml' | 'json';
}

const WRITTEN_AS_IS = /\.json$/i;

/** Takes one file over; a list of steps may hold several workflows. Never throws, whatever the bytes. */
export function importText(
  source: ImportSource,
  actions: PlanActions,
  options: ImportOptions = {},
): readonly Imported[] {
  const { path } = source;
  const decoded = decode(source.content);
  if ('code' in decoded) return [{ path, findings: [decoded], notes: [] }];
  const { tree, findings } = parse(decoded.text);
  if (tree === undefined || findings.length > 0) return [{ path, findings, notes: [] }];
  const format = options.format ?? recognise(tree);
  const tool = options.format === undefined ? findKnownTool(tree) : undefined;
  if (tool !== undefined)
    return [{ path, findings: [refuse('format-unknown', `This is ${tool.name}.`, tool.cure)], notes: [] }];
  if (format === undefined) {
    return [
      {
        path,
        findings: [
          refuse(
            'format-unknown',
            'This is neither a list of steps nor a definition.',
            `Write \`steps: […]\` or \`sluice: 1\`; or say by \`--format\` what it is: ${Object.keys(FRONT_ENDS).join(', ')}.`,
          ),
        ],
        notes: [],
      },
    ];
  }
  if (format === 'steps') return importSteps(path, tree, actions, options);
  const { workflow, name, findings: found } = FRONT_ENDS[format].read(tree, actions);
  const imported = { path, format, ...(name === undefined ? {} : { name }), findings: found, notes: [] };
  if (workflow === undefined || found.some(({ severity }) => severity === 'error')) return [imported];
  workflow.compile(() => 1);
  return [
    {
      ...imported,
      name: workflow.name,
      text: decoded.text,
      kind: WRITTEN_AS_IS.test(path) ? 'json' : 'yaml',
    },
  ];
}

function importSteps(
  path: string,
  tree: ParsedTree,
  actions: PlanActions,
  { leaveOut }: ImportOptions,
): Imported[] {
  const workflows = splitWorkflows(tree);
  const stem = path
    .split(/[\\/]/)
    .at(-1)!
    .replace(/\.[^.]*$/, '');
  return workflows.map((workflow, index) => {
    const fallbackName = workflows.length === 1 ? stem : `${stem}-${index + 1}`;
    const { definition, findings, notes, name } = readSteps(workflow, actions, {
      fallbackName,
      ...(leaveOut === undefined ? {} : { leaveOut }),
    });
    const imported: Imported = {
      path,
      format: 'steps',
      ...(name === undefined ? {} : { name }),
      findings,
      notes,
    };
    if (definition === undefined) return imported;
    return {
      ...imported,
      name: String(definition['name']),
      text: writeDefinition(definition, commentsOf(path, notes)),
      kind: 'yaml',
    };
  });
}

/** What a reader of the definition must know of how it came to be. */
function commentsOf(path: string, notes: readonly Note[]): string[] {
  const decided = notes
    .filter(({ kind }) => kind === 'decided')
    .map(({ line, message }) => `Line ${line}: ${message}`);
  return [
    `Taken over from ${path
      .split(/[\\/]/)
      .at(-1)!
      .replace(/\p{Cc}/gu, '')}.`,
    ...decided.slice(0, 50),
  ];
}

function recognise(tree: ParsedTree): Format | undefined {
  const formats = (Object.keys(FRONT_ENDS) as Format[]).filter((format) => format !== 'sluice');
  const found = formats.find((format) => FRONT_ENDS[format].recognises(tree));
  if (found !== undefined) return found;
  const { root } = tree;
  const isOurs = root.kind === 'map' && (root.entries.has('sluice') || root.entries.has('stages'));
  return isOurs ? 'sluice' : undefined;
}

/** UTF-8 with or without its mark; what is none is told apart by its first bytes. */
function decode(content: Uint8Array): { readonly text: string } | Finding {
  const [a, b] = content;
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) {
    return refuse('encoding-unsupported', 'The text is encoded in UTF-16.', 'Save it in UTF-8.');
  }
  if (content.subarray(0, 1024).includes(0)) {
    return refuse(
      'encoding-unsupported',
      'This is no text: it holds NUL bytes.',
      'Name files that hold YAML or JSON, in UTF-8.',
    );
  }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(content) };
  } catch {
    return refuse('encoding-unsupported', 'The text is not encoded in UTF-8.', 'Save it in UTF-8.');
  }
}

function refuse(code: FindingCode, message: string, hint: string): Finding {
  return { code, severity: 'error', path: '', line: 1, column: 1, message, hint };
}
