import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isSluiceError } from '#domain/errors.js';
import { type Progress, secondsSince } from '../../apps/local/progress.js';
import { findProjectRoot } from '../../libs/host/project-root.js';
import { findPrometheusProgram } from '../servers/prometheus/prometheus-program.js';
import { SERVER_VARIABLES } from '../servers/server-variables.js';
import { buildVaultProgram } from '../vault/vault-program.js';
import type { TestArguments } from './arguments.js';
import { findLeftovers } from './leftovers.js';
import { type CoverageFolders, coverageFolders, measureCoverage, writeCoverage } from './lines/measure.js';
import { findShortfalls, formatTable } from './lines/summary.js';
import { provideProgram, type RealServer } from './provide-program.js';
import { runTool } from './run-tool.js';
import { STATIC_CHECKS } from './static-checks.js';
import type { Surroundings } from './surroundings.js';
import { type JestReport, namesOfSkipped, ONE_FAILED, ONE_PASSED, type Tally, tallyOf } from './tally.js';
import { provideTestServers } from './test-servers.js';

export interface TestRun extends Surroundings {
  readonly wanted: TestArguments;
  readonly progress: Progress;
}

interface PhaseResult {
  readonly tally: Tally;
  /** Shown when the phase failed. */
  readonly output: string;
}

/** As in jest.config.mjs. */
const UNIT_IN_TEST = [
  'test/conformance/{expressions,jq}.spec.ts',
  'test/run/**/*.spec.ts',
  'test/faults/{auditor,network}/**/*.spec.ts',
];
const REAL_SERVERS = ['test/servers/**/*.spec.ts'];
const SPECS = {
  unit: { include: ['{libs,temporal,apps,bench}/**/*.spec.ts', ...UNIT_IN_TEST], exclude: [] },
  integration: { include: ['test/**/*.spec.ts'], exclude: [...UNIT_IN_TEST, ...REAL_SERVERS] },
  servers: { include: REAL_SERVERS, exclude: [] },
};

/** Lines in which a test tells people what it measured. */
const FIGURES = /^figures: .*$/gm;

/** What a test of metrics asks; had in seconds, or said to be missing. */
const PROMETHEUS: RealServer = {
  title: 'Prometheus',
  variable: SERVER_VARIABLES.prometheus,
  provide: findPrometheusProgram,
};

const CHECK_LIMIT_MS = 2 * 60_000;
const UNIT_LIMIT_MS = 25 * 60_000;
const INTEGRATION_LIMIT_MS = 50 * 60_000;

/** All phases in turn; a failed one does not keep the next from being run. */
export async function runTests(run: TestRun): Promise<Tally[]> {
  const tallies: Tally[] = [];
  const phase = async (
    name: string,
    work: (onProgress: (message: string) => void) => Promise<PhaseResult>,
  ) => {
    if (!run.interrupted.aborted) tallies.push(await runPhase(run, name, work));
  };
  const whole = run.wanted.patterns.length === 0 && run.wanted.name === undefined;
  const measured = whole ? coverageFolders(run.folder) : undefined;
  if (whole) {
    for (const check of STATIC_CHECKS) await phase(check.name, () => runCheck(run, check));
  }
  if (run.wanted.staticOnly) return tallies;
  if (run.wanted.withVault) await phase('Vault for tests', (onProgress) => buildVault(run, onProgress));
  await phase('unit', () =>
    runJest(run, { project: 'unit', env: {}, limitMs: UNIT_LIMIT_MS, coverage: measured?.unit }),
  );
  const found = await provideProgram(run, PROMETHEUS);
  let stop: (() => Promise<void>) | undefined;
  const servers = new Set<number>([run.reaper.identity.pid]);
  await phase('integration, replay, examples', async (onProgress) => {
    const provided = await provideTestServers({
      folder: run.folder,
      env: run.env,
      onProgress: (message) => onProgress(message),
      onSpawn: (pid) => {
        servers.add(pid);
        watch(run, pid, 'SIGINT');
      },
    });
    stop = provided.stop;
    const env = measured === undefined ? {} : { TEST_COVERAGE_FOLDER: measured.processes };
    return await runJest(run, {
      project: 'integration',
      env: { ...provided.env, ...found, ...env },
      limitMs: INTEGRATION_LIMIT_MS,
      coverage: undefined,
    });
  });
  await stop?.();
  await phase('no process left', () => checkLeftovers(run, servers));
  if (measured !== undefined) await phase('coverage', () => checkCoverage(run, measured));
  return tallies;
}

export async function runPhase(
  { progress, interrupted }: TestRun,
  name: string,
  work: (onProgress: (message: string) => void) => Promise<PhaseResult>,
): Promise<Tally> {
  const since = Date.now();
  const { tally, output } = await progress
    .during(name, (onProgress) => orInterrupted(work(onProgress), interrupted))
    .catch(describeError);
  const numbers =
    tally.passed + tally.failed + tally.skipped > 1
      ? `: ${tally.passed} of ${tally.passed + tally.failed}`
      : '';
  if (tally.failed > 0 && output !== '') progress.line(output);
  progress.line(`${tally.failed === 0 ? '✓' : '✗'} ${name}${numbers} (${secondsSince(since)})`);
  return tally;
}

/** A tool is killed when the person interrupts, but a server being built or started is not waited for. */
function orInterrupted(work: Promise<PhaseResult>, interrupted: AbortSignal): Promise<PhaseResult> {
  return new Promise((resolve, reject) => {
    work.then(resolve, reject);
    interrupted.addEventListener('abort', () => resolve({ tally: ONE_FAILED, output: 'Interrupted.' }), {
      once: true,
    });
  });
}

function describeError(error: unknown): PhaseResult {
  if (!isSluiceError(error))
    return { tally: ONE_FAILED, output: error instanceof Error ? `${error.stack}` : String(error) };
  return { tally: ONE_FAILED, output: `${error.message}\n${error.hint ?? ''}`.trim() };
}

async function buildVault(run: TestRun, onProgress: (message: string) => void): Promise<PhaseResult> {
  const onSpawn = (pid: number) => watch(run, pid, 'SIGTERM');
  await buildVaultProgram({ env: run.env, onProgress, onSpawn });
  return { tally: ONE_PASSED, output: '' };
}

async function runCheck(run: TestRun, check: (typeof STATIC_CHECKS)[number]): Promise<PhaseResult> {
  const { code, output, timedOut } = await runTool({
    ...toolDefaults(run),
    ...check,
    limitMs: CHECK_LIMIT_MS,
  });
  const late = timedOut ? `\nIt did not end in ${CHECK_LIMIT_MS / 1000} s.` : '';
  return { tally: code === 0 ? ONE_PASSED : ONE_FAILED, output: output + late };
}

interface JestRun {
  readonly project: keyof typeof SPECS;
  readonly env: Readonly<Record<string, string>>;
  readonly limitMs: number;
  /** Folder for what ran of the sources; not measured without. */
  readonly coverage: string | undefined;
}

export async function runJest(
  run: TestRun,
  { project, env, limitMs, coverage }: JestRun,
): Promise<PhaseResult> {
  const reportFile = join(run.folder, `${project}.json`);
  const { patterns, name } = run.wanted;
  const { code, output, timedOut } = await runTool({
    ...toolDefaults(run),
    name: project,
    args: [
      ...[
        '--experimental-vm-modules',
        '--disable-warning=ExperimentalWarning',
        'node_modules/jest/bin/jest.js',
      ],
      ...[`--selectProjects=${project}`, '--passWithNoTests', '--ci', '--json', `--outputFile=${reportFile}`],
      '--cacheDirectory=node_modules/.cache/jest',
      ...(coverage === undefined ? [] : ['--coverage', `--coverageDirectory=${coverage}`]),
      ...patterns.map((pattern) => `--testPathPatterns=${pattern}`),
      ...(name === undefined ? [] : [`--testNamePattern=${name}`]),
    ],
    env: { ...run.env, ...env },
    limitMs,
  });
  const report = existsSync(reportFile)
    ? (JSON.parse(readFileSync(reportFile, 'utf8')) as JestReport)
    : undefined;
  if (report !== undefined) {
    for (const skipped of namesOfSkipped(report)) run.progress.line(`  skipped: ${skipped}`);
  }
  for (const [line] of output.matchAll(FIGURES)) run.progress.line(`  ${line}`);
  const counted = report === undefined ? ONE_FAILED : tallyOf(report);
  const broken = timedOut || (code !== 0 && counted.failed === 0);
  const late = timedOut ? describeLate(project, output, limitMs) : '';
  return {
    tally: broken ? { ...counted, failed: counted.failed + 1 } : counted,
    output: withoutJson(output) + late,
  };
}

/** Names the files that Jest had said nothing of when the time was over: one of them hangs. */
function describeLate(project: keyof typeof SPECS, output: string, limitMs: number): string {
  const { include, exclude } = SPECS[project];
  const silent = globSync(include, { cwd: findProjectRoot(), exclude }).filter(
    (file) => !output.includes(` ${file}`),
  );
  return `\nThe tests did not end in ${limitMs / 60_000} minutes. Without an answer: ${silent.join(', ')}`;
}

/** Jest writes its report to the file only, and what it says for people beside it. */
function withoutJson(output: string): string {
  return output
    .split('\n')
    .filter((line) => !line.startsWith('Test results written to:'))
    .join('\n');
}

export async function checkLeftovers(run: TestRun, servers: ReadonlySet<number>): Promise<PhaseResult> {
  const leftovers = await findLeftovers(run.belonging, servers);
  const output = ['Tests left these processes behind (they are stopped now):', ...leftovers].join('\n');
  return { tally: leftovers.length === 0 ? ONE_PASSED : ONE_FAILED, output };
}

/** The table of shares is shown however they are. */
async function checkCoverage(run: TestRun, folders: CoverageFolders): Promise<PhaseResult> {
  const root = findProjectRoot();
  const lines = measureCoverage(folders, root);
  writeCoverage(lines, join(root, 'coverage'));
  run.progress.line(formatTable(lines));
  const shortfalls = findShortfalls(lines);
  return { tally: shortfalls.length === 0 ? ONE_PASSED : ONE_FAILED, output: shortfalls.join('\n') };
}

function toolDefaults(run: TestRun) {
  return {
    env: run.env,
    folder: run.folder,
    interrupted: run.interrupted,
    onSpawn: (pid: number) => watch(run, pid, 'SIGKILL'),
  };
}

function watch({ reaper }: TestRun, pid: number, signal: NodeJS.Signals): void {
  reaper.watch(pid, { signal, graceMs: 3_000, order: 1 });
}
