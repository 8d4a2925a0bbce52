import type { Format } from '../front-ends/front-end.js';
import { openWorkflowTarget } from './open-workflow/write-document.js';
import { stepsTarget } from './steps/write-document.js';
import type { ExportTarget } from './target.js';

/** Languages that a definition may be exported to, beside that in which it stands. */
export type TargetFormat = Exclude<Format, 'sluice'>;

export const TARGETS: Readonly<Record<TargetFormat, ExportTarget>> = {
  'open-workflow': openWorkflowTarget,
  steps: stepsTarget,
};
