import type { Job, Pipeline } from '../pipeline.js';
import { commandsOf } from '../reading/commands.js';
import { createFinding, inJobs } from './finding.js';
import { managerOf } from './programs.js';

/** Jobs that fetch packages on a machine that is thrown away behind them. */
export const findMissingCaches = inJobs((job, pipeline) => {
  if (job.caches.length > 0 || keepsMachine(job, pipeline) || mayCache(job)) return [];
  const found = commandsOf(job).commands.find(({ words }) => managerOf(words) !== undefined);
  if (found === undefined) return [];
  const manager = managerOf(found.words)!;
  const size = job.matrix?.size;
  const times = size === undefined || size === 1 ? 'in each run' : `${size} times in each run`;
  return [
    createFinding({
      code: 'cache-missing',
      pipeline,
      job,
      place: { file: found.file, line: found.line, column: columnOf(job, found.file, found.line) },
      message: `\`${found.words.join(' ').slice(0, 80)}\` fetches packages of ${manager}, and the job keeps none.`,
      gain: `They are fetched when the lock file changes, not ${times}.`,
    }),
  ];
});

/** A machine of one's own has what it fetched before; agents of Jenkins are such, but for containers. */
function keepsMachine({ runner, images }: Job, { platform }: Pipeline): boolean {
  if (runner.includes('self-hosted')) return true;
  // A pool by its name holds machines of one's own.
  if (platform === 'azure-pipelines')
    return runner.some((label) => !/^(ubuntu|windows|macos|vs2|azure pip)/i.test(label));
  return platform === 'jenkins' && images.length === 0;
}

/** What others wrote may keep them, where its name or its settings speak of it. */
function mayCache({ steps, calls }: Job): boolean {
  if (calls !== undefined) return true;
  return steps.some(
    ({ use, with: given = {} }) =>
      use !== undefined &&
      (/cache/i.test(use.name) ||
        Object.entries(given).some(([key, value]) => /cache/i.test(key) && value !== 'false')),
  );
}

function columnOf({ steps, place }: Job, file: string, line: number): number {
  const step = steps.findLast(
    ({ command }) => command !== undefined && command.place.file === file && command.place.line <= line,
  );
  return step?.command?.place.column ?? place.column;
}
