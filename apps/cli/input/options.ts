import { Argument, Option } from 'commander';

/** The run that a command is about. */
export function runArgument(name = '<run>'): Argument {
  return new Argument(name, 'id of the run, or latest');
}

/** `--input name=value`, as often as one likes. `more`: what else may stand there. */
export function inputOption(what: string, more?: string): Option {
  return pairOption('--input', what, more);
}

/** `--set name=value`, as often as one likes. */
export function setOption(what: string): Option {
  return pairOption('--set', what);
}

function pairOption(flag: string, what: string, more?: string): Option {
  const others = more === undefined ? '' : `, ${more}`;
  return repeatable(`${flag} <name=value>`, `${what}; a value that is JSON is taken as JSON${others}`);
}

/** An option that may be given as often as one likes. */
export function repeatable(flags: string, description: string): Option {
  return new Option(flags, `${description} (repeatable)`).argParser(collect);
}

function collect(value: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, value];
}
