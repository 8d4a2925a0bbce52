import type { StepDefinitionOf } from '../../definition/definition.js';
import type { Json, JsonObject } from '../../json.js';

type Uses = StepDefinitionOf<'uses'>;

/** Actions that lists of steps have words of their own for; undefined where such words would not say all of it. */
export function writeIdiom(step: Uses): JsonObject | undefined {
  return Object.hasOwn(IDIOMS, step.uses) ? IDIOMS[step.uses]!(step) : undefined;
}

const IDIOMS: Readonly<Record<string, (step: Uses) => JsonObject | undefined>> = {
  'command/run': ({ with: given, secrets = {} }) => {
    const { run, directory, environment, successCodes, stdin, parse, ...rest } = given;
    const command = writeCommand(run);
    const named = Object.entries(secrets);
    const areNamed = named.every(
      ([name, { from, as }]) => from === `env:SLUICE_SECRET_${name.toUpperCase()}` && as === 'environment',
    );
    if (command === undefined || !areNamed || Object.keys(rest).length > 0) return undefined;
    const env = {
      ...(environment as JsonObject | undefined),
      ...Object.fromEntries(named.map(([name]) => [name, `\${secrets.${name}}`])),
    };
    return {
      type: 'command',
      command,
      ...(Object.keys(env).length === 0 ? {} : { env }),
      ...(directory === undefined ? {} : { cwd: directory }),
      ...(successCodes === undefined ? {} : { successCodes }),
      ...(stdin === undefined ? {} : { stdin }),
      ...(parse === 'json' ? { parseJson: true } : {}),
    };
  },
  'http/request': ({ with: given, secrets }) => {
    const { url, method, headers, query, body, successStatus, ...rest } = given;
    if (secrets !== undefined || Object.keys(rest).length > 0) return undefined;
    return {
      type: 'http',
      url: url!,
      method: method ?? 'GET',
      ...(headers === undefined ? {} : { headers }),
      ...(query === undefined ? {} : { query }),
      ...(body === undefined ? {} : { body }),
      ...(successStatus === undefined ? {} : { expectedStatus: successStatus }),
    };
  },
  'log/write': ({ with: { message, level } }) => ({
    type: 'log',
    message: message!,
    ...(level === undefined ? {} : { level }),
  }),
  'git/checkout': ({ with: { repository, ref, directory, depth, ...rest } }) =>
    Object.keys(rest).length > 0
      ? undefined
      : {
          type: 'git',
          repository: repository!,
          ...(ref === undefined ? {} : { ref }),
          ...(directory === undefined ? {} : { directory }),
          ...(depth === undefined ? {} : { depth }),
        },
};

/** A line for the shell, or arguments one by one. */
function writeCommand(run: Json | undefined): Json | undefined {
  if (!Array.isArray(run) || !run.every((each) => typeof each === 'string')) return undefined;
  const [shell, flag, line, ...more] = run as readonly string[];
  if (shell === 'sh' && flag === '-c' && line !== undefined && more.length === 0) return line;
  return run as Json;
}
