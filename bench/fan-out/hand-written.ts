import type { ActionInput } from '#contracts/run.js';
import { write, writeLocally } from '../laboratory/activities.js';

/** Temporal takes 2,000 pending activities at most; an engineer stays well below. */
const WINDOW = 500;

/** So many activities side by side, in windows, as an engineer of Temporal would write it by hand. */
export function fanOut(run: ActionInput['run'], width: number): Promise<string> {
  return inWindows(width, (step) => write(run, step));
}

/** The same with local activities. */
export function fanOutLocally(run: ActionInput['run'], width: number): Promise<string> {
  return inWindows(width, (step) => writeLocally(run, step));
}

async function inWindows(width: number, act: (step: string) => Promise<unknown>): Promise<string> {
  for (let from = 0; from < width; from += WINDOW) {
    const steps = Array.from({ length: Math.min(WINDOW, width - from) }, (_, n) => `step-${from + n}`);
    await Promise.all(steps.map(act));
  }
  return 'done';
}
