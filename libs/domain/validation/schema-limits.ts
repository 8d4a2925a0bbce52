import { RE2JS } from 're2js';

/** Mistakes after which a value is searched for no more: each takes memory, and one list may hold millions. */
export const MAX_MISTAKES = 1_000;

/** Mistakes in alternatives, which are forgotten where another alternative fits. */
export const MAX_TRIED = 100_000;

/** Sizes of patterns' programs times characters that they are matched against, in one check: a second at worst. */
const MAX_MATCHING = 50_000_000;

let matchingLeft = MAX_MATCHING;

/**
 * The first attempt that keeps to the limits, each with its own allowance; undefined where none does.
 * Attempts run code that was generated with `generating`.
 */
export function tryWithin<T>(attempts: readonly (() => T)[]): { readonly value: T } | undefined {
  for (const attempt of attempts) {
    matchingLeft = MAX_MATCHING;
    try {
      return { value: attempt() };
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }
  return undefined;
}

/** Counters of mistakes in the code that ajv generates, and texts, in which nothing may be changed. */
const COUNTER = /"(?:[^"\\]|\\.)*"|\berrors\+\+|\berrors = vErrors\.length/g;

/**
 * Options by which the code that ajv generates throws a RangeError after so many mistakes, for it takes no limit of them
 * itself, and matches patterns (RE2) in linear time: those come from authors, and another engine could be made to take
 * for ever.
 */
export function generating(maxMistakes: number) {
  const limit = `;if(errors > ${maxMistakes})throw new RangeError()`;
  return {
    regExp: LINEAR_TIME,
    process: (code: string) =>
      code.replace(COUNTER, (found) => (found.startsWith('"') ? found : found + limit)),
  };
}

const LINEAR_TIME = Object.assign(
  (pattern: string) => {
    const compiled = compilePattern(pattern);
    const size = compiled.programSize();
    return {
      test: (text: string) => {
        matchingLeft -= size * text.length;
        if (matchingLeft < 0) throw new RangeError('matching takes too long');
        return compiled.test(text);
      },
      // ajv tells patterns apart by their text.
      toString: () => pattern,
    };
  },
  { code: 'linearTime' },
);

/** Size of the program that a pattern becomes, to which the time of each match is proportional; 0 where it is invalid. */
export function measurePattern(pattern: string): number {
  try {
    return compilePattern(pattern).programSize();
  } catch {
    return 0;
  }
}

function compilePattern(pattern: string): RE2JS {
  return RE2JS.compile(RE2JS.translateRegExp(pattern));
}
