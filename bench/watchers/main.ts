import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { requireLaboratory, tell } from '../laboratory/laboratory.js';
import { insertRuns, runOnce, storeJob } from '../laboratory/runs.js';
import { printRows, type Row } from '../report.js';
import { percentile } from '../statistics.js';

/*
 * From the moment at which a step began or ended in the worker to the moment at which those who watch its run are told,
 * through recording, Postgres, its notice and the API, each a process of its own: with 1,000 WebSockets, and with one.
 * Beside it, a server that sends the same 1,000 clients a text of the same size and does nothing else.
 */
const WATCHERS = 1_000;
const TURNS = 40;
/** Of a turn, roughly; what is sent as often by the bare server is comparable. */
const TURN_MS = 250;
const MESSAGE_CHARACTERS = 500;
const SETTLE_MS = 2_000;

const DEFINITION = `
sluice: 1
name: watched
stages:
  work:
    steps:
      turns:
        forEach: { in: [${Array.from({ length: TURNS }, (_, turn) => turn).join(', ')}], as: turn, limit: 1 }
        steps:
          pause: { uses: command/run, with: { run: [sleep, "0.2"] } }
`;

const children = new Set<ChildProcess>();

function start(entry: URL, args: readonly string[], env: NodeJS.ProcessEnv = process.env): ChildProcess {
  const child = fork(fileURLToPath(entry), args, {
    env,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  children.add(child);
  return child;
}

async function stop(child: ChildProcess): Promise<void> {
  children.delete(child);
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}

async function hear<T>(child: ChildProcess): Promise<T> {
  const exited = once(child, 'exit').then(([code]) => {
    throw new Error(`a process ended with ${code}`);
  });
  const [message] = await Promise.race([once(child, 'message'), exited]);
  exited.catch(() => undefined);
  return message as T;
}

/** Milliseconds from each event to each watcher. */
async function watch(url: string, watchers: number, work: () => Promise<unknown>): Promise<number[]> {
  const reader = start(new URL('./reader.js', import.meta.url), [url, String(watchers)]);
  await hear(reader);
  await work();
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  const heard = hear<number[]>(reader);
  reader.send('enough');
  const latencies = await heard;
  children.delete(reader);
  return latencies;
}

const laboratory = await requireLaboratory();
const rows: Row[] = [];
try {
  const worker = await laboratory.startWorker();
  const job = await storeJob(laboratory, DEFINITION);
  const api = start(new URL('../../apps/api/main.js', import.meta.url), [], {
    ...process.env,
    DATABASE_URL: laboratory.databaseUrl,
    TEMPORAL_ADDRESS: laboratory.temporalAddress,
    SLUICE_PORT: '0',
    SLUICE_LOG_LEVEL: 'error',
    SLUICE_AUTH: 'off',
    SLUICE_RATE_ADDRESS: '1000000',
  });
  const { url } = await hear<{ url: string }>(api);
  const measure = async (watchers: number) => {
    tell(`watchers: ${watchers} …`);
    const [id] = await insertRuns(job, 1);
    const address = `${url.replace('http', 'ws')}/ws/workflow/${id}`;
    return watch(address, watchers, () => runOnce(job, id!));
  };
  await measure(1);
  const one = await measure(1);
  const many = await measure(WATCHERS);
  const memory = /^VmHWM:\s+(\d+) kB$/m.exec(await readFile(`/proc/${api.pid}/status`, 'utf8'))?.[1];
  await stop(api);
  await worker.stop();

  tell('watchers: the bare server …');
  const bare = start(new URL('./bare-server.js', import.meta.url), []);
  const bareUrl = await hear<string>(bare);
  const broadcast = await watch(bareUrl, WATCHERS, async () => {
    bare.send({ count: TURNS * 2, size: MESSAGE_CHARACTERS, pauseMs: TURN_MS / 2 });
    await hear(bare);
  });
  await stop(bare);

  const complete = many.length === TURNS * 2 * WATCHERS;
  if (!complete) tell(`watchers: ${many.length} of ${TURNS * 2 * WATCHERS} arrived by themselves`);
  rows.push(
    ...[0.5, 0.95, 0.99].map((share) => ({
      figure: `from a step to ${WATCHERS} WebSockets (ms), p${share * 100}`,
      value: percentile(many, share).toFixed(0),
      aim: share === 0.95 ? '≤ 250' : '',
      reference: `${percentile(broadcast, share).toFixed(0)} bare broadcast`,
      ratio: '',
    })),
    {
      figure: `what ${WATCHERS} WebSockets add to one (ms), p95`,
      value: (percentile(many, 0.95) - percentile(one, 0.95)).toFixed(0),
      aim: '',
      reference: `${percentile(broadcast, 0.95).toFixed(0)} bare broadcast`,
      ratio: ((percentile(many, 0.95) - percentile(one, 0.95)) / percentile(broadcast, 0.95)).toFixed(1),
    },
    {
      figure: `memory of the API at most (MiB), ${WATCHERS} WebSockets`,
      value: (Number(memory) / 1024).toFixed(0),
      aim: '',
      reference: '',
      ratio: '',
    },
  );
} finally {
  await Promise.all([...children].map(stop));
}
printRows('watchers', rows);
