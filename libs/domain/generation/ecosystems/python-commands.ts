import type { Project, Task } from '../project.js';

/** What stands before the tool that is meant. */
const PREFIX = /^((\.venv\/bin\/)?python3? -m|(uv|poetry|pipenv|pdm|hatch) run|uvx|pipx run) /;

const COMMANDS: readonly (readonly [RegExp, Task])[] = [
  [/^(pip3? install|uv (sync|pip install)|poetry install|pipenv install|pdm (install|sync))\b/, 'install'],
  [/^(ruff|black) .*--check\b|^ruff format --check\b/, 'format'],
  [/^(ruff check|ruff \.|flake8|pylint)(\s|$)/, 'lint'],
  [/^(mypy|pyright|pyre)(\s|$)/, 'typecheck'],
  [/^(pytest|py\.test|tox|nox|unittest|coverage run -m (pytest|unittest)|manage\.py test)(\s|$)/, 'test'],
  [/^build(\s|$)/, 'build'],
];

export function classifyPython(words: readonly string[]): Task | undefined {
  const text = words.join(' ');
  const bare = text.replace(PREFIX, '');
  // `build` alone is a program of many kinds; with python before it, it is the one of packages.
  return COMMANDS.find(([pattern, task]) => pattern.test(bare) && (task !== 'build' || bare !== text))?.[1];
}

/** Into the virtual environment, where the project has one of its own here. */
export function adaptPython(words: readonly string[], { parts }: Project): readonly string[] {
  if (!parts.some(({ task }) => task === 'environment')) return words;
  const [program = '', ...rest] = words;
  if (/^python3?$/.test(program)) return ['.venv/bin/python', ...rest];
  return /^(uv|poetry|pipenv|pdm|hatch|uvx|pipx)$/.test(program)
    ? words
    : ['.venv/bin/python', '-m', program.replace(/^pip3$/, 'pip').replace('py.test', 'pytest'), ...rest];
}
