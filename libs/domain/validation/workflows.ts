import type { OutlineWorkflow } from '../definition/outline.js';
import { quote } from '../definition/path.js';
import type { LatestVersion } from '../plan/compile.js';
import type { Finding } from './finding.js';
import { atValue, FindingReport } from './report.js';

/** Calls of other workflows, as `validate` found them. */
export type WorkflowCalls = readonly OutlineWorkflow[];

/** Names of the workflows that are called, each once. */
export function namesOfCalls(calls: WorkflowCalls): string[] {
  return [...new Set(calls.map(({ name }) => String(name.node.value)))];
}

/**
 * Checks that every workflow that is called is there, with the version asked for. A definition may call itself before
 * it has a version: then the first one is meant.
 */
export function checkWorkflowCalls(
  calls: WorkflowCalls,
  own: string,
  latestVersion: LatestVersion,
): Finding[] {
  const report = new FindingReport();
  for (const { name, version } of calls) {
    const called = String(name.node.value);
    const latest = latestVersion(called) ?? (called === own ? 1 : undefined);
    if (latest === undefined) {
      report.add(
        'workflow-unknown',
        atValue(name),
        `There is no workflow ${quote(called)}.`,
        'Save it first, or correct the name.',
      );
    } else if (version !== undefined && version.number > latest) {
      report.add(
        'workflow-unknown',
        atValue(version.spot),
        `${quote(called)} has no version ${version.number}.`,
        `Its latest version is ${latest}; without \`version\` that one is meant.`,
      );
    }
  }
  return report.list();
}
