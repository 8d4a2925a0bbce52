import { isSluiceError } from '#domain/errors.js';
import type { Console, Output } from './console.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { usageError } from './input/usage-error.js';
import { type Api, createApi } from './server/api.js';
import { findCredentials } from './server/credentials.js';
import type { Pace } from './server/follow-run.js';
import { problemOf } from './server/server-error.js';
import { renderError } from './view/error.js';
import type { Source } from './view/findings.js';
import { toSafeJson } from './view/plain-text.js';
import { styleOf } from './view/style.js';

const DEFAULT_PORT = '3000';

/** What every command gets. */
export interface CommandContext {
  readonly console: Console;
  readonly pace: Pace;
  /**
   * The server that the command line, then the environment, then the default names, with the key in place of the one
   * that is found for it. Throws SluiceError `usage`.
   */
  api(key?: string): Api;
  /** Its address. Throws SluiceError `usage`. */
  server(): URL;
  /** Does the work of a command and makes its answer, or its error in words, the end of the process. */
  perform(output: { readonly json?: boolean }, work: () => Promise<ExitCode>): Promise<void>;
}

/** What every command takes: where the server is, who asks, and about which project. */
export interface ServerOptions {
  readonly server?: string;
  readonly project?: string;
  readonly as?: string;
}

/**
 * Without a word of where the server is, it is the one that `npm start` runs. Throws SluiceError `usage` for what is no
 * http or https URL.
 */
export function requireServer(options: ServerOptions, env: Console['env']): URL {
  const server =
    options.server ?? (env['SLUICE_URL'] || `http://127.0.0.1:${env['SLUICE_PORT'] || DEFAULT_PORT}`);
  const url = URL.parse(server);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw usageError(
      `${server} is not the URL of a server.`,
      `Write for example http://127.0.0.1:${DEFAULT_PORT}`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw usageError('The URL of the server holds credentials.', 'Leave out what stands before the @.');
  }
  return url;
}

/** Throws SluiceError `usage`, also for what is no name. */
export function createServerApi(options: ServerOptions, env: Console['env'], key?: string): Api {
  const url = requireServer(options, env);
  const actor = options.as ?? (env['SLUICE_ACTOR'] || undefined);
  if (actor !== undefined && !ACTOR.test(actor)) {
    throw usageError(
      `${JSON.stringify(actor)} is no name to ask by.`,
      'Use letters, digits and . _ @ + -, 100 at most, with a letter or digit first.',
    );
  }
  const project = options.project ?? (env['SLUICE_PROJECT'] || undefined);
  if (project !== undefined && !PROJECT.test(project)) {
    throw usageError(
      `${JSON.stringify(project)} is no name of a project.`,
      'Use small letters, digits and -, 63 at most, with a letter first.',
    );
  }
  const credentials = key ?? findCredentials(url, env);
  return createApi({
    root: url.href,
    ...(credentials !== undefined && { credentials }),
    ...(project !== undefined && { project }),
    ...(actor !== undefined && { actor }),
  });
}

const PROJECT = /^[a-z][a-z0-9-]{0,62}$/;

/** What the server takes; others could not stand in a header. */
const ACTOR = /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,99}$/;

/** Prints an error where it belongs and answers with its exit code. What is not a SluiceError is our bug, and thrown on. */
export function reportError(error: unknown, console: Console, json: boolean, source?: Source): ExitCode {
  if (!isSluiceError(error)) {
    throw error;
  }
  if (json) {
    const { code, message, hint } = error;
    writeLines(console.out, [toSafeJson(problemOf(error) ?? { code, message, hint }, 2)]);
  } else {
    writeLines(console.err, renderError(error, styleOf(console.err), source));
  }
  return exitCodeOf(error.code);
}

function exitCodeOf(code: string): ExitCode {
  if (REFUSED.includes(code)) {
    return EXIT.refused;
  }
  return WRONGLY_ASKED.includes(code) ? EXIT.usage : EXIT.server;
}

/** Codes that say: what was asked for is wrong, not the server. */
const WRONGLY_ASKED: readonly string[] = [
  'usage',
  'definition-invalid',
  'failure-patterns-invalid',
  'inputs-invalid',
  'request-invalid',
  'id-invalid',
  'workflow-not-found',
  'workflow-version-not-found',
  'step-not-found',
  'checkpoint-not-found',
  'pool-not-found',
  'alias-not-found',
  'template-not-found',
  'template-invalid',
  'template-values-invalid',
  'template-result-invalid',
  'folder-unreadable',
  'change-invalid',
  'change-not-found',
  'project-not-found',
  'repository-not-found',
  'repository-not-trusted',
  'git-not-found',
  'history-unreadable',
  'history-too-large',
  'history-too-slow',
  'risk-model-invalid',
  'risk-environment-invalid',
];

/** Codes that say: it does not fit the present state of things, or the caller's role. */
const REFUSED: readonly string[] = [
  'operation-refused',
  'operation-not-allowed',
  'permission-missing',
  'rerun-impossible',
  'run-already-ended',
  'concurrency-rejected',
  'frozen',
  'pool-in-use',
  'version-already-published',
  'semver-taken',
  'semver-not-greater',
  'version-not-published',
  'alias-moved',
  'alias-reserved',
  'alias-limit-reached',
  'template-built-in',
];

export function writeLines(output: Pick<Output, 'write'>, lines: readonly string[]): void {
  output.write(lines.map((line) => `${line}\n`).join(''));
}
