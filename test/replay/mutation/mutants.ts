import { createRandom } from '../../random.js';
import { modulesOf } from '../bundle.js';

/** One small change at one place of the interpreter. */
export interface Mutant {
  readonly module: string;
  /** Where in the bundle, and what stands there. */
  readonly at: number;
  readonly from: string;
  readonly to: string;
}

/** What is exchanged for what. */
const EXCHANGES: readonly (readonly [pattern: RegExp, to: (found: string) => string])[] = [
  [/ === /g, () => ' !== '],
  [/ !== /g, () => ' === '],
  [/ < /g, () => ' <= '],
  [/ > /g, () => ' >= '],
  [/ <= /g, () => ' < '],
  [/ >= /g, () => ' > '],
  [/ && /g, () => ' || '],
  [/ \|\| /g, () => ' && '],
  [/ \+ 1\b/g, () => ' + 2'],
  [/ - 1\b/g, () => ' - 2'],
  [/\btrue\b/g, () => 'false'],
  [/\bfalse\b/g, () => 'true'],
  [/\.push\(/g, () => '.unshift('],
  [/\.some\(/g, () => '.every('],
  [/\+\+/g, () => '--'],
  [/\bif \([^\n]*\)(?: \{)?$/gm, (found) => found.replace(/^if \((.*)\)( \{)?$/, 'if (!($1))$2')],
  // A statement that is one call is left out.
  [/^ +(?!return|throw|if|for|while|const|let|super|\/|\*|case)[\w.!?[\]]+\([^\n]*\);$/gm, () => ';'],
  [/\breturn (?=[^\n;]+;$)(?!undefined|false;)/gm, () => 'return undefined && '],
];

const NO_CODE = /^\s*(\/\/|\/?\*)|__webpack_require__|harmony|"use strict"/;

/** All that may be changed, in the order of the bundle. */
export function findMutants(code: string): Mutant[] {
  return modulesOf(code)
    .flatMap(({ path, start, end }) => {
      const text = code.slice(start, end);
      return EXCHANGES.flatMap(([pattern, to]) =>
        [...text.matchAll(pattern)]
          .filter(({ index }) => !NO_CODE.test(lineAround(text, index)))
          .map(({ 0: from, index }) => ({ module: path, at: start + index, from, to: to(from) })),
      );
    })
    .sort((a, b) => a.at - b.at);
}

/** As many of them, the same for the same seed. */
export function chooseMutants(mutants: readonly Mutant[], count: number, seed: number): Mutant[] {
  const random = createRandom(seed);
  const left = [...mutants];
  const chosen: Mutant[] = [];
  while (chosen.length < count && left.length > 0)
    chosen.push(...left.splice(Math.floor(random() * left.length), 1));
  return chosen.sort((a, b) => a.at - b.at);
}

export function mutate(code: string, { at, from, to }: Mutant): string {
  return code.slice(0, at) + to + code.slice(at + from.length);
}

/** `libs/domain/execution/decide.js: if (!over) → if (over)` */
export function describeMutant(code: string, { module, at, from, to }: Mutant): string {
  return `${module}: ${lineAround(code, at).trim()} [${from.trim()} → ${to.trim()}]`;
}

function lineAround(text: string, at: number): string {
  const from = text.lastIndexOf('\n', at) + 1;
  const end = text.indexOf('\n', Math.max(at, from) + 1);
  return text.slice(from, end);
}
