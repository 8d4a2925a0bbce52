import { requireLaboratory } from '../laboratory/laboratory.js';
import { printRows } from '../report.js';
import { measureLogs } from './long-log.js';
import { startPlatform } from './platform.js';
import { measureWatching } from './watching.js';

/* Pipelines of a platform of CI/CD, which is a small server in this process, as one worker runs and watches them. */
const laboratory = await requireLaboratory();
const platform = await startPlatform(laboratory);
try {
  const watching = await measureWatching(laboratory, platform);
  await platform.renewWorker();
  printRows('pipelines', [...watching, ...(await measureLogs(laboratory, platform))]);
} finally {
  await platform.stop();
}
