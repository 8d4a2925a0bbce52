import type { Output } from '../console.js';
import { createLineProgress } from './line-progress.js';
import { createLiveProgress } from './live-progress.js';
import type { Progress } from './progress.js';
import type { RunPicture } from './run-picture.js';

/** On a terminal a tree that is redrawn, elsewhere one line per change. */
export function createProgress(picture: RunPicture, output: Output): Progress {
  return output.terminal ? createLiveProgress(picture, output) : createLineProgress(picture, output);
}
