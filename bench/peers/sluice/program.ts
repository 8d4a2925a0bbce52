import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProjectRoot } from '../../../libs/host/project-root.js';
import { connectLaboratory } from '../../laboratory/laboratory.js';
import { goingBy, insertRuns, type Job, runOnce, storeJob, type Way } from '../../laboratory/runs.js';
import { JOBS, type JobName, stepsOf } from '../jobs.js';
import { serve } from '../serve.js';
import { readTemporalVersion } from '../temporal/version.js';
import { definitionOf } from './definitions.js';
import { requireRecorded } from './recorded.js';

/*
 * The engine of Sluice, started at Temporal as the API does it: the row of the run, the interpreter, its result. The
 * worker is a process of its own.
 */
const { DATABASE_URL = '', TEMPORAL_ADDRESS = '', PEER_HOME = '', PEER_WAY = '' } = process.env;

await serve(async () => {
  const { laboratory, close } = await connectLaboratory({
    home: PEER_HOME,
    databaseUrl: DATABASE_URL,
    temporalAddress: TEMPORAL_ADDRESS,
  });
  const jobs: Partial<Record<JobName, Job>> = {};
  for (const name of Object.keys(JOBS) as JobName[])
    jobs[name] = goingBy(PEER_WAY as Way, await storeJob(laboratory, definitionOf(name)));
  const worker = await laboratory.startWorker();
  let ids: string[] = [];
  return {
    versions: {
      sluice: JSON.parse(readFileSync(join(findProjectRoot(), 'package.json'), 'utf8')).version,
      temporal: await readTemporalVersion(laboratory.client.connection),
    },
    async run(name) {
      const job = jobs[name]!;
      const [id] = (await insertRuns(job, 1)) as [string];
      await runOnce(job, id);
      ids.push(id);
      // What it did is looked up when the clock has stopped.
      return stepsOf(name);
    },
    async check(name) {
      await worker.settle();
      await requireRecorded(laboratory.dataSource, name, ids);
      ids = [];
    },
    stop: close,
  };
});
