import { resolveFrom } from '../repository.js';
import type { CiScript } from './ci-file.js';

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
  readonly line: number;
  readonly text: string;
}

/** At most so many lines of a script are looked at. */
const MAX_LINES = 500;

/** Prepares the shell, or talks to people: nothing is lost without it. */
const IDLE =
  /^(set|export|echo|printf|true|:|umask|date|pwd|ls|env|mkdir|corepack|apt-get|sudo|git config)(\s|$)/;

/** The simple commands of a script. `cd` holds for what comes after. */
export function readCommands(
  script: CiScript,
  file: string,
): { readonly commands: readonly CiCommand[]; readonly rest: readonly CiRest[] } {
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
        if (words === undefined) rest.push({ line, text: bare });
        else commands.push({ job: script.job, file, line, directory: directory!, words });
      }
    }
  }
  return { commands, rest };
}

/** Lines that end with a backslash go on in the next. */
function logicalLines({ text, line }: CiScript): readonly { readonly text: string; readonly line: number }[] {
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
