import { resolveFrom } from '../../generation/repository.js';
import type { Job, Place } from '../pipeline.js';

/** A text that a shell runs. */
interface Script {
  readonly job: string;
  readonly text: string;
  /** Of its first line. */
  readonly place: Place;
  /** Where it runs; absent for the root. */
  readonly directory?: string;
}

/** One command of a script, as a program and its arguments. */
export interface CiCommand {
  readonly job: string;
  readonly file: string;
  readonly line: number;
  /** Folder where it runs; empty for the root. */
  readonly directory: string;
  readonly words: readonly string[];
}

/** A line that is more than one program and its arguments. */
export interface CiRest {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

/** At most so many lines of a script are looked at. */
const MAX_LINES = 500;

/** Prepares the shell, or talks to people: nothing is lost without it. */
const IDLE =
  /^(set|export|echo|printf|true|:|umask|date|pwd|ls|env|mkdir|corepack|apt-get|sudo|git config)(\s|$)/;

export interface CommandsRead {
  readonly commands: readonly CiCommand[];
  readonly rest: readonly CiRest[];
}

const KNOWN = new WeakMap<Job, CommandsRead>();

/** The simple commands of a job, in their order. */
export function commandsOf(job: Job): CommandsRead {
  const known = KNOWN.get(job);
  if (known !== undefined) return known;
  const read = job.steps.flatMap(({ command }) =>
    command === undefined ? [] : [readCommands({ job: job.id, ...command })],
  );
  const found = { commands: read.flatMap((each) => each.commands), rest: read.flatMap((each) => each.rest) };
  KNOWN.set(job, found);
  return found;
}

/** The simple commands of a script. `cd` holds for what comes after. */
function readCommands(script: Script): CommandsRead {
  const { file } = script.place;
  const commands: CiCommand[] = [];
  const rest: CiRest[] = [];
  let directory = script.directory === undefined ? '' : resolveFrom('', script.directory);
  for (const { text, line } of logicalLines(script)) {
    for (const each of text.split(/\s&&\s/)) {
      const bare = each.trim();
      if (bare === '' || bare.startsWith('#') || IDLE.test(bare)) continue;
      const moved = /^cd\s+([\w./-]+)$/.exec(bare)?.[1];
      if (moved !== undefined)
        directory = directory === undefined ? undefined : resolveFrom(directory, moved);
      else {
        const words = directory === undefined ? undefined : splitWords(bare);
        if (words === undefined) rest.push({ file, line, text: bare });
        else commands.push({ job: script.job, file, line, directory: directory!, words });
      }
    }
  }
  return { commands, rest };
}

/** Lines that end with a backslash go on in the next. */
function logicalLines({
  text,
  place: { line },
}: Script): readonly { readonly text: string; readonly line: number }[] {
  const lines: { text: string; line: number }[] = [];
  let open = false;
  text.split(/\r?\n/, MAX_LINES).forEach((raw, index) => {
    const goesOn = raw.endsWith('\\');
    const own = goesOn ? raw.slice(0, -1) : raw;
    if (open) lines.at(-1)!.text += own;
    else lines.push({ text: own, line: line + index });
    open = goesOn;
  });
  return lines;
}

/** Program and arguments; undefined where a shell would do more than take them as they stand. */
function splitWords(text: string): readonly string[] | undefined {
  const words: string[] = [];
  let at = 0;
  const word = /\s*(?:'([^'\n]*)'|"([^"\n$`\\]*)"|([^\s'"|&;<>$`(){}*?~!#\\]+))(?=\s|$)/y;
  while (at < text.trimEnd().length) {
    word.lastIndex = at;
    const found = word.exec(text);
    if (found === null) return undefined;
    words.push(found[1] ?? found[2] ?? found[3]!);
    at = word.lastIndex;
  }
  // `NAME=value program` sets a variable.
  return words.length === 0 || words.length > 40 || /^\w+=/.test(words[0]!) ? undefined : words;
}
