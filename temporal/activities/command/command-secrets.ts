import { createActionFailure } from '#contracts/catalogue/action-failure.js';
import type { SecretValue } from '#contracts/ports.js';
import type { SluiceError } from '#domain/errors.js';

/** Secrets as one command gets them. */
export interface CommandSecrets {
  /** Variables that hold a secret. */
  readonly variables: Readonly<Record<string, string>>;
  /** Contents of the files whose paths variables hold, by the variable's name. */
  readonly files: ReadonlyMap<string, string>;
  /** The longest form in which one of them may be printed, in bytes; 0 where there is none. */
  readonly longest: number;
}

/** A byte is at most this long where programs encode what they print: `\u00e6`. */
const LONGEST_ENCODING = 6;

/** What decides which code a program is, how it finds it, or where it writes; and the names that are ours. */
const RESERVED =
  /^(PATH|HOME|TMPDIR|LANG|CI|SHELL|IFS|ENV|BASH_ENV|NODE_OPTIONS|NODE_PATH|PYTHONPATH|PYTHONHOME|PERL5LIB|PERL5OPT|RUBYLIB|RUBYOPT|JAVA_TOOL_OPTIONS|CLASSPATH|GIT_EXEC_PATH|(LD|DYLD|SLUICE)_.*)$/;

/**
 * Throws SluiceError `secret-unusable` where a name is none of a variable, reserved, or one of `environment` too, or where
 * a variable cannot hold the value.
 */
export function prepareSecrets(
  values: ReadonlyMap<string, SecretValue>,
  environment: Readonly<Record<string, string>>,
): CommandSecrets {
  const variables: Record<string, string> = {};
  const files = new Map<string, string>();
  let longest = 0;
  for (const [name, { value, as }] of values) {
    requireUsableName(name, environment);
    if (as === 'environment' && value.includes('\0')) {
      throw createUnusable(
        `The secret ${JSON.stringify(name)} holds a NUL character, which no environment variable can.`,
        'Hand it over as a file: `as: file`.',
      );
    }
    if (as === 'file') files.set(name, value);
    else variables[name] = value;
    longest = Math.max(longest, Buffer.byteLength(value) * LONGEST_ENCODING);
  }
  return { variables, files, longest };
}

function requireUsableName(name: string, environment: Readonly<Record<string, string>>): void {
  const shown = JSON.stringify(name.slice(0, 100));
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(name)) {
    throw createUnusable(
      `${shown} is no name of an environment variable.`,
      'Use up to 128 letters, digits and `_`, with no digit at the beginning.',
    );
  }
  if (RESERVED.test(name)) {
    throw createUnusable(
      `A secret cannot be handed over as ${shown}, which means something else to programs or to Sluice.`,
      'Give the secret another name.',
    );
  }
  if (Object.hasOwn(environment, name)) {
    throw createUnusable(
      `${shown} is both in \`secrets\` and in \`environment\`.`,
      'Give one of them another name.',
    );
  }
}

function createUnusable(message: string, hint: string): SluiceError {
  return createActionFailure({
    code: 'secret-unusable',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message,
    hint,
  });
}
