import { buildGiteaProgram } from '../servers/gitea/gitea-program.js';
import { provideHudson } from '../servers/hudson/hudson-program.js';
import { buildPrometheusProgram } from '../servers/prometheus/prometheus-program.js';
import { SERVER_VARIABLES } from '../servers/server-variables.js';
import { provideProgram, type RealServer } from './provide-program.js';
import type { Tally } from './tally.js';
import { checkLeftovers, runJest, runPhase, type TestRun } from './test-run.js';

const SERVERS: readonly RealServer[] = [
  { title: 'Gitea', variable: SERVER_VARIABLES.gitea, provide: buildGiteaProgram },
  { title: 'Hudson', variable: SERVER_VARIABLES.hudson, provide: provideHudson },
  { title: 'Prometheus', variable: SERVER_VARIABLES.prometheus, provide: buildPrometheusProgram },
];
const LIMIT_MS = 15 * 60_000;

/** `npm run test:servers`: what connectors do with servers of others. What cannot be had here is skipped, by name. */
export async function runServerTests(run: TestRun): Promise<Tally[]> {
  const env: Record<string, string> = {};
  for (const server of SERVERS) Object.assign(env, await provideProgram(run, server));
  const known = new Set([run.reaper.identity.pid]);
  const tests = () => runJest(run, { project: 'servers', env, limitMs: LIMIT_MS, coverage: undefined });
  return [
    await runPhase(run, 'real servers', tests),
    await runPhase(run, 'no process left', () => checkLeftovers(run, known)),
  ];
}
