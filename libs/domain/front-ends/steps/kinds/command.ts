import { entriesOf, isList, isMap, isScalar, itemsOf, type Spot } from '../../../definition/tree.js';
import type { Json, JsonObject } from '../../../json.js';
import { convertText } from '../expressions/convert.js';
import type { Scope } from '../expressions/scope.js';
import { keyOf, numberOf, textOf } from '../keys.js';
import { readInterpreter } from './interpreter.js';
import type { KindInput, ReadKind } from './kind.js';

const COMMANDS = [
  'command',
  'commands',
  'cmd',
  'run',
  'script',
  'scripts',
  'exec',
  'execute',
  'shellcommand',
  'bash',
  'code',
  'inline',
  'inlinescript',
];
const FILES = ['scriptfile', 'file', 'scriptpath', 'executable', 'program'];
const ENVIRONMENT = ['env', 'environment', 'envvars', 'environmentvariables', 'envs', 'environmentvars'];
const DIRECTORY = ['cwd', 'workingdirectory', 'workdir', 'workingdir', 'dir', 'directory', 'wd'];
const CODES = [
  'successcodes',
  'successexitcodes',
  'allowedexitcodes',
  'expectedexitcode',
  'expectedexitcodes',
  'exitcodes',
  'validexitcodes',
  'okexitcodes',
  'acceptedexitcodes',
  'expectedcode',
];

export function saysCommand({ keys }: Pick<KindInput, 'keys'>): boolean {
  return keys.has(...COMMANDS, ...FILES);
}

/** A program of its own process: a line for a shell, or its arguments one by one. */
export const readCommand: ReadKind = ({ keys, source, document, scope, locals }) => {
  const { conversion } = document;
  source.output = 'command';
  const command = keys.take(...COMMANDS) ?? keys.take(...FILES);
  const args = keys.take('args', 'arguments', 'argv');
  const shell = keys.take('shell');
  const language = keys.take('language', 'interpreter', 'runtime', 'lang');
  const environment = [document.environment, keys.take(...ENVIRONMENT)];
  const directory = keys.take(...DIRECTORY);
  const codes = keys.take(...CODES);
  const stdin = keys.take('stdin', 'standardinput');
  if (keys.has('captureoutput', 'capturestdout', 'capture'))
    keys.take('captureoutput', 'capturestdout', 'capture');
  if (
    keys.has('parsejson', 'json', 'outputformat') &&
    /^(true|json)$/i.test(textOf(keys.peek('parsejson', 'json', 'outputformat')) ?? '')
  ) {
    keys.take('parsejson', 'json', 'outputformat');
    source.printsJson = true;
  }
  // What is left of the parameters may be named in the command; what is not, is refused at the end.
  for (const spot of keys.rest()) if (isScalar(spot)) locals.set(keyOf(spot), spot);
  if (command === undefined) {
    conversion.refuse(
      'steps-kind-unknown',
      source.spot,
      'The step runs a command and does not say which.',
      'Write `command: npm test`.',
    );
    return undefined;
  }
  return () => {
    const at = scope(command);
    const argv = writeArguments({ command, args, shell, language }, at);
    const variables = environment.map((spot) => spot && readEnvironment(spot, at));
    const declared: JsonObject = Object.assign(
      {},
      ...variables.map((each) => each?.values ?? {}),
      namedInShell(command, at),
    );
    const secrets = Object.fromEntries(
      [...new Set([...at.uses.secrets, ...variables.flatMap((each) => each?.secrets ?? [])])].map(secretOf),
    );
    if (argv === undefined) return undefined;
    const successCodes = codes && readCodes(codes, at);
    const input = stdin && convertText(textOf(stdin) ?? '', { ...at, spot: stdin });
    const folder = directory && convertText(textOf(directory) ?? '', { ...at, spot: directory });
    const isInside = folder === undefined || !/^[/~$]|^[A-Za-z]:/.test(folder);
    return {
      uses: 'command/run',
      with: {
        run: isInside ? argv : ['sh', '-c', 'cd "$0" && exec "$@"', folder, ...argv],
        ...(folder === undefined || !isInside || /^\.?\/?$/.test(folder) ? {} : { directory: folder }),
        ...(Object.keys(declared).length === 0
          ? {}
          : { environment: without(declared, Object.keys(secrets)) }),
        ...(successCodes === undefined ? {} : { successCodes }),
        ...(input === undefined ? {} : { stdin: input }),
      },
      ...(Object.keys(secrets).length === 0 ? {} : { secrets }),
    };
  };
};

function without(values: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)));
}

function secretOf(name: string): readonly [string, Json] {
  return [name, `env:SLUICE_SECRET_${name.toUpperCase()}`];
}

interface Written {
  readonly command: Spot;
  readonly args: Spot | undefined;
  readonly shell: Spot | undefined;
  readonly language: Spot | undefined;
}

function writeArguments({ command, args, shell, language }: Written, scope: Scope): Json[] | undefined {
  const read = readInterpreter(language, shell, scope.conversion);
  if (read === undefined) return undefined;
  const { argv: interpreter, named } = read;
  const more = readArguments(args, scope);
  if (more === undefined) return undefined;
  if (isList(command)) {
    const items = itemsOf(command).map((item) => textOf(item) ?? '');
    const areLines =
      /s$|^(run|script|inline)/i.test(keyOf(command)) ||
      items.some((item) => /\s/.test(items[0]!) && item !== '');
    if (!areLines) {
      const argv = items.map((item) => convertText(item, scope, { shell: true }));
      return argv.includes(undefined) ? undefined : ([...argv, ...more] as Json[]);
    }
    const lines = convertText(`set -e\n${items.join('\n')}`, scope, { shell: true });
    return lines === undefined ? undefined : [...interpreter, lines];
  }
  const line = textOf(command)?.trim();
  if (line === undefined || line === '') {
    scope.conversion.refuse(
      'steps-value-unknown',
      command,
      'This is no command.',
      'Write a line for the shell, or a list of arguments.',
    );
    return undefined;
  }
  const text = convertText(line, scope, { shell: true });
  if (text === undefined) return undefined;
  if (args === undefined) return [...interpreter, text];
  if (!named && /^[\w./@:+-]+$/.test(line)) return [text, ...more];
  return named && language !== undefined
    ? [...interpreter, text, ...more]
    : [...interpreter, `${text} "$@"`, 'sh', ...more];
}

function readArguments(args: Spot | undefined, scope: Scope): Json[] | undefined {
  if (args === undefined) return [];
  if (isMap(args)) {
    scope.conversion.refuse(
      'steps-value-unknown',
      args,
      'Arguments of a command are a list.',
      'Write `args: [--verbose, src]`.',
    );
    return undefined;
  }
  const items = isList(args)
    ? itemsOf(args).map((item) => textOf(item) ?? '')
    : (textOf(args) ?? '').split(/\s+/).filter((word) => word !== '');
  const converted = items.map((item) => convertText(item, { ...scope, spot: args }, { shell: true }));
  return converted.includes(undefined) ? undefined : (converted as Json[]);
}

/** Variables of the document that the line reads as the shell's own: `$branch`. */
function namedInShell(command: Spot, scope: Scope): JsonObject {
  const lines = isList(command) ? itemsOf(command).map(textOf).join('\n') : (textOf(command) ?? '');
  const named = [...new Set([...lines.matchAll(/\$([A-Za-z_][A-Za-z0-9_]*)/g)].map(([, name]) => name!))];
  const found: [string, Json][] = [];
  for (const name of named) {
    const variable = scope.names.variable(name);
    if (variable === undefined || scope.names.isSecret(name)) continue;
    const value = convertText(`{{${name}}}`, scope);
    if (value !== undefined)
      found.push([
        name,
        value.replace(/^\$\{\{ (inputs\.\w+) \}\}$/, (whole, path: string) =>
          variable.type === 'text' ? whole : `\${{ string(${path}) }}`,
        ),
      ]);
  }
  return Object.fromEntries(found);
}

interface Environment {
  readonly values: JsonObject;
  readonly secrets: readonly string[];
}

const SECRET = /^\s*(?:\$\{\{|\{\{|\$\{)\s*(?:secrets?|vault)\.([A-Za-z_][A-Za-z0-9_]*)\s*\}{1,2}\s*$/;

/** A map, a list of `NAME=value`, or of `{ name, value }`. */
function readEnvironment(spot: Spot, scope: Scope): Environment {
  const values: [string, Json][] = [];
  const secrets: string[] = [];
  for (const [name, value] of environmentEntries(spot)) {
    const text = textOf(value) ?? '';
    const secret = SECRET.exec(text)?.[1];
    if (secret !== undefined && secret === name) secrets.push(name);
    else if (secret !== undefined) {
      scope.conversion.refuse(
        'steps-not-kept',
        value,
        `A secret has one name here: \`${secret}\` cannot be called \`${name}\`.`,
        `Write \`${secret}\` for the variable too.`,
      );
    } else {
      const converted = convertText(text, { ...scope, spot: value });
      if (converted !== undefined) values.push([name, asText(converted)]);
    }
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
      scope.conversion.refuse(
        'steps-value-unknown',
        value,
        'This is no name of an environment variable.',
        'Use letters, digits and underscores.',
      );
  }
  return { values: Object.fromEntries(values), secrets };
}

/** An environment holds texts only: one expression alone must come to one. */
function asText(converted: string): string {
  const inner = /^\$\{\{ ([^{}]*) \}\}$/.exec(converted)?.[1];
  return inner === undefined || /^string\(|\.trim\(\)$/.test(inner) ? converted : `\${{ string(${inner}) }}`;
}

function environmentEntries(spot: Spot): readonly (readonly [string, Spot])[] {
  if (isMap(spot)) return entriesOf(spot);
  return (isList(spot) ? itemsOf(spot) : [spot]).map((item) => {
    if (isMap(item)) {
      const members = new Map(entriesOf(item));
      return [textOf(members.get('name') ?? members.get('key')) ?? '', members.get('value') ?? item] as const;
    }
    const text = textOf(item) ?? '';
    const at = text.indexOf('=');
    return [
      text.slice(0, Math.max(at, 0)),
      { ...item, node: { kind: 'scalar', value: text.slice(at + 1), position: item.node.position } } as Spot,
    ] as const;
  });
}

function readCodes(spot: Spot, { conversion }: Scope): Json[] | undefined {
  const codes = (isList(spot) ? itemsOf(spot) : [spot]).map(numberOf);
  if (codes.every((code) => code !== undefined && Number.isInteger(code) && code >= 0 && code <= 255))
    return codes as number[];
  conversion.refuse(
    'steps-value-unknown',
    spot,
    'Exit codes are whole numbers from 0 to 255.',
    'Write `successCodes: [0, 1]`.',
  );
  return undefined;
}
