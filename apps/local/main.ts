import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { ADMIN_KEY_FILE } from '#contracts/rest/api-keys.js';
import { isSluiceError } from '#domain/errors.js';
import { defaultHome } from '../../libs/host/default-home.js';
import { findProjectRoot } from '../../libs/host/project-root.js';
import { loadExamples } from './examples.js';
import { onStopRequest } from './on-stop-request.js';
import { type Platform, startPlatform } from './platform.js';
import { createProgress } from './progress.js';
import { readAdminKey } from './read-admin-key.js';
import { type LocalSettings, readSettings } from './settings.js';

/** `npm start`: the whole platform on this machine, on the loopback interface, until Ctrl-C. */

/** npm and the terminal both pass one Ctrl-C on: what comes sooner than this is no second one. */
const SECOND_SIGNAL_MS = 700;

const interrupt = new AbortController();
const hurry = new AbortController();
const progress = createProgress(process.stdout, interrupt.signal);

listenToSignals();
try {
  const settings = readSettings(process.env);
  const keyBefore = readAdminKey(settings.home);
  const platform = await startPlatform({
    settings,
    progress,
    interrupted: interrupt.signal,
    hurried: hurry.signal,
  });
  await greet(platform, settings, keyBefore);
  await interruption();
  await platform.stop();
  progress.line(`Stopped. The data stays in ${settings.home}`);
  process.exit(0);
} catch (error) {
  if (interrupt.signal.aborted) process.exit(130);
  console.error(describe(error));
  process.exit(1);
}

function listenToSignals(): void {
  let first = 0;
  onStopRequest((reason) => {
    if (first === 0) {
      first = Date.now();
      progress.line('Stopping worker, API, Temporal and Postgres (once more: at once)');
      interrupt.abort(new Error(reason));
    } else if (Date.now() - first > SECOND_SIGNAL_MS) {
      hurry.abort(new Error(reason));
    }
  });
}

async function greet(
  platform: Platform,
  settings: LocalSettings,
  keyBefore: string | undefined,
): Promise<void> {
  const root = findProjectRoot();
  const key = readAdminKey(settings.home);
  const examples = await loadExamples(join(root, 'examples'), { api: platform.api, key });
  for (const line of examples.refused) progress.line(`! Example not loaded: ${line}`);
  const database = locateDatabase(settings.home);
  const home = settings.home === defaultHome(process.env) ? '' : `SLUICE_HOME=${quote(settings.home)} `;
  const port = settings.apiPort === 3000 ? '' : `SLUICE_PORT=${settings.apiPort} `;
  progress.line(
    [
      '',
      `Sluice is ready, with ${examples.loaded} examples.`,
      '',
      `  API        ${platform.api}/api/v1`,
      `  API docs   ${platform.api}/docs`,
      ...(platform.ui === undefined ? [] : [`  Temporal   ${platform.ui}`]),
      `  Data       ${settings.home}`,
      ...(database === undefined ? [] : [`  Database   ${database}`]),
      ...(key === undefined || key === keyBefore ? [] : describeKey(key, settings)),
      '',
      'Now type, in another terminal:',
      '',
      `  cd ${quote(root)} && ${home}${port}bin/sluice run examples/hello.yaml --input name=world`,
      '',
      'Ctrl-C stops everything.',
    ].join('\n'),
  );
}

/** Shown once, when it was made; the command line on this machine reads it from its file. */
function describeKey(key: string, { home }: LocalSettings): readonly string[] {
  return [
    '',
    "The administrator's key of this machine, shown this once:",
    '',
    `  ${key}`,
    '',
    `It is kept in ${join(home, ADMIN_KEY_FILE)}, where bin/sluice finds it.`,
  ];
}

/** Root's database may have to lie outside the data folder, where the user that Postgres runs as can reach it. */
function locateDatabase(home: string): string | undefined {
  const place = join(home, 'postgres');
  if (!existsSync(place)) return undefined;
  const real = realpathSync(place);
  return real === join(realpathSync(home), 'postgres') ? undefined : real;
}

/** As one word of a POSIX shell. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function interruption(): Promise<void> {
  return new Promise((resolve) => {
    if (interrupt.signal.aborted) resolve();
    interrupt.signal.addEventListener('abort', () => resolve());
  });
}

function describe(error: unknown): string {
  if (!isSluiceError(error)) return error instanceof Error ? (error.stack ?? error.message) : String(error);
  return error.hint === undefined ? error.message : `${error.message}\n${error.hint}`;
}
