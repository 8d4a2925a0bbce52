import type { OutlineWorkflow } from '../definition/outline.js';
import { quote } from '../definition/path.js';
import type { VersionOf } from '../plan/compile.js';
import type { Finding } from './finding.js';
import { atValue, FindingReport } from './report.js';

/** Calls of other workflows, as `validate` found them. */
export type WorkflowCalls = readonly OutlineWorkflow[];

/** Names of the workflows that are called, each once. */
export function namesOfCalls(calls: WorkflowCalls): string[] {
  return [...new Set(calls.map(({ name }) => String(name.node.value)))];
}

/** Names other than numbers by which versions are called, each once. */
export function namedVersionsOf(calls: WorkflowCalls): string[] {
  return [
    ...new Set(calls.flatMap(({ version }) => (typeof version?.named === 'string' ? [version.named] : []))),
  ];
}

/**
 * Checks that every workflow that is called is there, with the version asked for. A definition may call itself before
 * it has a version: then the first one is meant.
 */
export function checkWorkflowCalls(calls: WorkflowCalls, own: string, versionOf: VersionOf): Finding[] {
  const report = new FindingReport();
  for (const { name, version } of calls) {
    const called = String(name.node.value);
    const newest = versionOf(called) ?? (called === own ? 1 : undefined);
    if (newest === undefined) {
      report.add(
        'workflow-unknown',
        atValue(name),
        `There is no workflow ${quote(called)}.`,
        'Save it first, or correct the name.',
      );
    } else if (typeof version?.named === 'string') {
      if (versionOf(called, version.named) !== undefined) continue;
      report.add(
        'workflow-version-unpublished',
        atValue(version.spot),
        `${quote(called)} has published no version as ${quote(version.named)}, nor has it such an alias.`,
        `Publish that version or set the alias first; or name a version by its number: the newest is ${newest}.`,
      );
    } else if (version !== undefined && version.named > newest) {
      report.add(
        'workflow-unknown',
        atValue(version.spot),
        `${quote(called)} has no version ${version.named}.`,
        `Its latest version is ${newest}; without \`version\` that one is meant.`,
      );
    }
  }
  return report.list();
}
