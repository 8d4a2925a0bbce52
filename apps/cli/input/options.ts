import { Argument, Option } from 'commander';

/** The run that a command is about. */
export function runArgument(name = '<run>'): Argument {
  return new Argument(name, 'id of the run, or latest');
}

/** `--input name=value`, as often as one likes. */
export function inputOption(what: string): Option {
  return pairOption('--input', what);
}

/** `--set name=value`, as often as one likes. */
export function setOption(what: string): Option {
  return pairOption('--set', what);
}

function pairOption(flag: string, what: string): Option {
  return new Option(
    `${flag} <name=value>`,
    `${what}; a value that is JSON is taken as JSON (repeatable)`,
  ).argParser(collect);
}

function collect(value: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, value];
}
