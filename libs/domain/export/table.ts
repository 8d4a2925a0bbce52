import { stepsTarget } from './steps/write-document.js';
import type { ExportTarget } from './target.js';

/** Languages that a definition may be exported to, beside that in which it stands. */
export type TargetFormat = 'steps';

export const TARGETS: Readonly<Record<TargetFormat, ExportTarget>> = {
  steps: stepsTarget,
};
