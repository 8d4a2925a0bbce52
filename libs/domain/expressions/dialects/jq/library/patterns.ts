import { RE2JS } from 're2js';
import type { Json } from '../../../../json.js';
import { BoundedCache } from '../../bounded-cache.js';
import type { Computes, Filters } from '../builtins.js';
import { JqError } from '../error.js';
import type { Meter } from '../meter.js';
import { describe, requireText } from '../values.js';

/** Characters of the longest pattern. */
const MAX_PATTERN = 1000;

const compiled = new BoundedCache<RE2JS>(16 * 1024);

interface Options {
  readonly all: boolean;
  readonly notEmpty: boolean;
  readonly flags: number;
  readonly extended: boolean;
}

interface Match {
  /** UTF-16 units, for whoever replaces it. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** As jq gives it: offsets and lengths in code points. */
  readonly view: Json;
  readonly groups: readonly (readonly [string, Json])[];
}

/** Functions of regular expressions: RE2's syntax, in time linear in the text. */
export const patterns: Computes = {
  'test/2': (meter, input, pattern, flags) => findMatches(meter, input, pattern!, flags!, true).length > 0,
  'split/2': (meter, input, pattern, flags) => {
    const text = requireText(input, `${describe(input)} cannot be matched, as it is not a string`);
    const parts: string[] = [];
    let from = 0;
    for (const { start, end } of findMatches(meter, input, pattern!, addGlobal(flags!))) {
      parts.push(text.slice(from, start));
      from = end;
    }
    return [...parts, text.slice(from)];
  },
};

function addGlobal(flags: Json): Json {
  return flags === null ? 'g' : typeof flags === 'string' ? `${flags}g` : flags;
}

export const matching: Filters = {
  'match/2': (machine, [pattern, flags], input, _path, emit) =>
    machine.each(flags!, input, (letters) =>
      machine.each(pattern!, input, (sought) => {
        for (const { view } of findMatches(machine.meter, input, sought, letters)) emit(view, undefined);
      }),
    ),
  'sub/3': (machine, [pattern, replacement, flags], input, _path, emit) =>
    machine.each(flags!, input, (letters) =>
      machine.each(pattern!, input, (sought) => {
        const text = requireText(input, `${describe(input)} cannot be matched, as it is not a string`);
        const matches = findMatches(machine.meter, input, sought, letters);
        // One result per way to replace the first match, each going on with the same way in the others.
        const results: string[] = [];
        let last = 0;
        let open: string[] = [''];
        for (const { start, end, groups } of matches) {
          const outputs = machine
            .collect(replacement!, Object.fromEntries(groups))
            .map((output) => requireText(output, `${describe(output)} cannot be added to a string`));
          open = outputs.map((output, at) => (open[at] ?? open[0]!) + text.slice(last, start) + output);
          for (const made of open) machine.meter.chargeBuilt(made.length);
          last = end;
        }
        results.push(...open.map((made) => made + text.slice(last)));
        for (const result of results) emit(result, undefined);
      }),
    ),
};

function findMatches(meter: Meter, input: Json, pattern: Json, flags: Json, once = false): Match[] {
  const [source, letters] = Array.isArray(pattern) ? (pattern as readonly Json[]) : [pattern, flags];
  const text = requireText(input, `${describe(input)} cannot be matched, as it is not a string`);
  const written = requireText(
    source ?? null,
    `${describe(source ?? null)} cannot be matched, as it is not a string`,
  );
  const options = readFlags(letters ?? null);
  const program = compilePattern(meter, written, options);
  const size = program.programSize();
  const cost = (text.length / 32 + 1) * (1 + size / 64);
  meter.charge(size / 4 + cost);
  const names = namesByNumber(program);
  const matcher = program.matcher(text);
  const matches: Match[] = [];
  let points = 0;
  let units = 0;
  while (matcher.find()) {
    meter.charge(1);
    const start = matcher.start();
    const end = matcher.end();
    if (options.notEmpty && start === end) continue;
    points += countPoints(text.slice(units, start));
    units = start;
    const groups = Array.from({ length: program.groupCount() }, (_, at) => {
      const number = at + 1;
      const from = matcher.start(number);
      const found = from === -1 ? null : text.slice(from, matcher.end(number));
      const offset = from === -1 ? -1 : points + countPoints(text.slice(start, from));
      return { name: names.get(number) ?? null, found, offset };
    });
    const whole = text.slice(start, end);
    matches.push({
      start,
      end,
      text: whole,
      view: {
        offset: points,
        length: countPoints(whole),
        string: whole,
        captures: groups.map(({ name, found, offset }) => ({
          offset,
          length: found === null ? 0 : countPoints(found),
          string: found,
          name,
        })),
      },
      groups: groups.flatMap(({ name, found }) => (name === null ? [] : [[name, found] as const])),
    });
    if (once || !options.all) break;
  }
  return matches;
}

function countPoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

function namesByNumber(program: RE2JS): ReadonlyMap<number, string> {
  return new Map(Object.entries(program.namedGroups()).map(([name, number]) => [Number(number), name]));
}

function readFlags(flags: Json): Options {
  const letters = flags === null ? '' : requireText(flags, `${describe(flags)} is not a string`);
  if (!/^[gimnslpx]*$/.test(letters)) throw new JqError(`${letters} is not a valid modifier string`);
  return {
    all: letters.includes('g'),
    notEmpty: letters.includes('n'),
    extended: letters.includes('x'),
    flags: (letters.includes('i') ? RE2JS.CASE_INSENSITIVE : 0) | (letters.includes('p') ? RE2JS.DOTALL : 0),
  };
}

function compilePattern(meter: Meter, written: string, { flags, extended }: Options): RE2JS {
  if (written.length > MAX_PATTERN)
    throw new JqError(`a regular expression may have ${MAX_PATTERN} characters`);
  meter.charge(written.length / 4);
  const source = extended ? stripSpace(written) : written;
  try {
    return compiled.resolve(`${flags} ${source}`, source.length + 64, () => RE2JS.compile(source, flags));
  } catch (error) {
    throw new JqError(`${written} (at offset 0) is not a valid regex: ${(error as Error).message}`);
  }
}

/** What `x` leaves out: white space and comments, but not in classes nor after a backslash. */
function stripSpace(source: string): string {
  return source.replace(/\\.|\[(?:\\.|[^\]\\])*\]|\s+|#[^\n]*/gs, (part) =>
    /^\s/.test(part) || part.startsWith('#') ? '' : part,
  );
}
