import { setTimeout as sleep } from 'node:timers/promises';
import { type Belonging, describeProcess, findBelonging } from '../../libs/host/process.js';

const GRACE_MS = 5_000;
const POLL_MS = 100;

/** Processes that tests left running, after time enough for those that are just ending; each as a line. */
export async function findLeftovers(belonging: Belonging, known: ReadonlySet<number>): Promise<string[]> {
  const look = () => findBelonging(belonging).filter(({ pid }) => !known.has(pid));
  for (let waited = 0; look().length > 0 && waited < GRACE_MS; waited += POLL_MS) await sleep(POLL_MS);
  return look().map(({ pid }) => describeProcess(pid));
}
