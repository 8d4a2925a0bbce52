import type { ActionContext } from '#contracts/ports.js';
import type { ReportFolder } from '#gates/reports/report-files.js';
import { PRIVATE_FOLDER, requireInWorkspace } from './process/workspace-folders.js';

/** The run's workspace as reports are looked for in it. */
export function openWorkspaceFolder({ workspace, signal }: ActionContext): ReportFolder {
  return {
    path: workspace,
    locate: (path) => requireInWorkspace(workspace, path),
    hidden: [PRIVATE_FOLDER, '.git'],
    signal,
  };
}
