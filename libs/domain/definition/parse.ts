import {
  Composer,
  type CST,
  type Document,
  Lexer,
  LineCounter,
  type ParsedNode,
  Parser,
  type YAMLError,
} from 'yaml';
import type { FindingCode } from '../validation/codes.js';
import type { Finding, Position } from '../validation/finding.js';
import { FindingReport } from '../validation/report.js';
import { buildTree, MAX_TREE_DEPTH } from './build-tree.js';
import { shorten } from './path.js';
import type { ParsedTree } from './tree.js';

/** Bytes of UTF-8. */
const MAX_TEXT_BYTES = 1024 * 1024;

/** A text with more is not YAML at all; each costs time to describe. */
const MAX_SYNTAX_ERRORS = 50;

export interface ParseResult {
  /** Absent where the text cannot be read as a tree; where it can, findings may stand beside it. */
  readonly tree?: ParsedTree;
  readonly findings: readonly Finding[];
}

/**
 * Reads YAML 1.2 or JSON into a tree with positions. Data only: no tags, no merge keys, one document, unique keys that
 * are text, finite numbers, at most 1 MiB, 256 levels and 10,000 values by alias. Never throws, whatever the text.
 */
export function parse(text: string): ParseResult {
  const report = new FindingReport();
  const tree = parseInto(text, report);
  return { ...(tree === undefined ? {} : { tree }), findings: report.list() };
}

/** As `parse`, with the findings added to `report`. */
export function parseInto(text: string, report: FindingReport): ParsedTree | undefined {
  if (!checkText(text, report)) return undefined;
  const lines = new LineCounter();
  const positionAt = (offset: number): Position => {
    const { line, col } = lines.linePos(Math.min(offset, text.length));
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const document = compose(text, lines, (code, offset, message, hint) =>
    report.add(code, { path: undefined, position: positionAt(offset) }, message, hint),
  );
  return document === undefined ? undefined : buildTree(document, { text, positionAt, report });
}

function checkText(text: string, report: FindingReport): boolean {
  const start = { path: undefined, position: { line: 1, column: 1 } };
  if (text.length > MAX_TEXT_BYTES || new TextEncoder().encode(text).length > MAX_TEXT_BYTES) {
    report.add(
      'text-too-large',
      start,
      'The definition is larger than 1 MiB.',
      'Move large values into inputs, files or a repository, or split the definition.',
    );
    return false;
  }
  if (text.includes('\0') || !text.isWellFormed()) {
    const before = text.slice(0, text.search(/\0|\p{Surrogate}/u)).split('\n');
    const position = { line: before.length, column: before.at(-1)!.length + 1 };
    report.add(
      'text-unprintable',
      { path: undefined, position },
      'The text holds a NUL character or half of a surrogate pair.',
      'Remove the character.',
    );
    return false;
  }
  return true;
}

type Refuse = (code: FindingCode, offset: number, message: string, hint: string) => void;

/** The one document of the text; undefined where it has errors, which are handed to `refuse`. */
function compose(text: string, lines: LineCounter, refuse: Refuse): Document.Parsed | undefined {
  let refused = false;
  const stop: Refuse = (...finding) => {
    refused = true;
    refuse(...finding);
  };
  const composer = new Composer({
    version: '1.2',
    merge: false,
    resolveKnownTags: false,
    // The tree's builder checks both, in linear time and with better words.
    uniqueKeys: false,
    stringKeys: false,
    logLevel: 'silent',
  });
  limitErrors(composer);
  let document: Document.Parsed | undefined;
  let errors: readonly YAMLError[] = [];
  try {
    for (const composed of composer.compose(readTokens(text, lines, stop), true, text.length)) {
      document ??= composed;
    }
    errors = document?.errors ?? [];
  } catch (error) {
    if (!(error instanceof TooManyErrors)) throw error;
    errors = composer.streamInfo().errors;
  }
  // What was cut off above is broken where it was cut.
  if (refused) return undefined;
  let last = -1;
  for (const error of errors) {
    // One mistake often breaks several rules at its place.
    if (error.pos[0] !== last) describeError(error, stop);
    last = error.pos[0];
  }
  if (document !== undefined && document.directives.yaml.version !== '1.2') {
    stop(
      'yaml-version',
      0,
      'The text asks for YAML 1.1, where `yes` and `on` are no text.',
      'Remove the `%YAML` line.',
    );
  }
  return refused ? undefined : document;
}

class TooManyErrors extends Error {}

/**
 * The composer takes no limit of errors, and making a million of them takes seconds. Should it keep its handler
 * elsewhere one day, then nothing is lost but the limit.
 */
function limitErrors(composer: Composer<ParsedNode>): void {
  const forward: unknown = Reflect.get(composer, 'onError');
  if (typeof forward !== 'function') return;
  let left = MAX_SYNTAX_ERRORS;
  Reflect.set(composer, 'onError', (source: unknown, code: string, message: string, warning?: boolean) => {
    if (warning === true) return;
    if (left-- <= 0) throw new TooManyErrors();
    forward(source, code, message);
  });
}

/** Tokens of the first document, as far as they are within the limits. */
function* readTokens(text: string, lines: LineCounter, refuse: Refuse): Generator<CST.Token> {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  let documents = 0;
  let errors = 0;
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) {
      if (token.type === 'document' && ++documents > 1) break;
      if (token.type === 'error' && ++errors > MAX_SYNTAX_ERRORS) return;
      yield token;
    }
    if (documents > 1 || startsSecondDocument(parser, documents)) {
      return refuse(
        'document-second',
        parser.offset - lexeme.length,
        'The text holds more than one YAML document.',
        'Send one definition per text; remove what stands from this `---` on.',
      );
    }
    // The document itself and the scalar at hand are on the stack too.
    if (parser.stack.length > MAX_TREE_DEPTH + 2) {
      return refuse(
        'tree-too-deep',
        parser.offset - lexeme.length,
        `Maps and lists nest more than ${MAX_TREE_DEPTH} deep.`,
        'Flatten the value.',
      );
    }
  }
  yield* parser.end();
}

function startsSecondDocument(parser: Parser, documents: number): boolean {
  return documents > 0 && parser.stack[0]?.type === 'document';
}

function describeError(error: YAMLError, refuse: Refuse): void {
  if (error.code === 'TAG_RESOLVE_FAILED') {
    return refuse('tag-unsupported', error.pos[0], 'The value does not fit its YAML tag.', 'Remove the tag.');
  }
  refuse('yaml-syntax', error.pos[0], `Not YAML 1.2: ${shorten(error.message)}.`, hintFor(error));
}

function hintFor(error: YAMLError): string {
  switch (error.code) {
    case 'BAD_INDENT':
    case 'TAB_AS_INDENT':
      return 'Indent with spaces; keys of one map start in the same column.';
    case 'BLOCK_AS_IMPLICIT_KEY':
    case 'MULTILINE_IMPLICIT_KEY':
      return 'Put a value that holds `: ` in quotes, and each key on its own line.';
    case 'BAD_SCALAR_START':
      return 'Put the value in quotes.';
    case 'MISSING_CHAR':
      return 'Close the quote or bracket, or put `: ` after the key.';
    default:
      return 'Look for a missing quote, colon or indentation at or above this place.';
  }
}
