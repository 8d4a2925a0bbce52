import { secondsSince } from '../../apps/local/progress.js';
import type { Provision } from '../programs/cache.js';
import { buildGiteaProgram } from '../servers/gitea/gitea-program.js';
import { provideHudson } from '../servers/hudson/hudson-program.js';
import { buildPrometheusProgram } from '../servers/prometheus/prometheus-program.js';
import { SERVER_VARIABLES } from '../servers/server-variables.js';
import type { Tally } from './tally.js';
import { checkLeftovers, runJest, runPhase, type TestRun, watch } from './test-run.js';

interface RealServer {
  readonly title: string;
  readonly variable: string;
  readonly provide: (provision: Provision) => Promise<string>;
}

const SERVERS: readonly RealServer[] = [
  { title: 'Gitea', variable: SERVER_VARIABLES.gitea, provide: buildGiteaProgram },
  { title: 'Hudson', variable: SERVER_VARIABLES.hudson, provide: provideHudson },
  { title: 'Prometheus', variable: SERVER_VARIABLES.prometheus, provide: buildPrometheusProgram },
];
const LIMIT_MS = 15 * 60_000;

/** `npm run test:servers`: what connectors do with servers of others. What cannot be had here is skipped, by name. */
export async function runServerTests(run: TestRun): Promise<Tally[]> {
  const env: Record<string, string> = {};
  for (const server of SERVERS) Object.assign(env, await provide(run, server));
  const known = new Set([run.reaper.identity.pid]);
  const tests = () => runJest(run, { project: 'servers', env, limitMs: LIMIT_MS, coverage: undefined });
  return [
    await runPhase(run, 'real servers', tests),
    await runPhase(run, 'no process left', () => checkLeftovers(run, known)),
  ];
}

/** Variables by which tests find it, or the reason why there is none. */
async function provide(
  run: TestRun,
  { title, variable, provide: get }: RealServer,
): Promise<Record<string, string>> {
  const since = Date.now();
  const { env, progress } = run;
  const onSpawn = (pid: number) => watch(run, pid, 'SIGTERM');
  try {
    const program = await progress.during(title, (onProgress) => get({ env, onProgress, onSpawn }));
    progress.line(`✓ ${title} (${secondsSince(since)})`);
    return { [variable]: program };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    progress.line(`– ${title}: ${reason}`);
    return { [`${variable}_MISSING`]: reason };
  }
}
