import type { Note } from '#domain/generation/facts.js';
import type { DetectedPipeline, Detection } from '#domain/pipelines/detect.js';
import { type PipelineFinding, SEVERITIES, type Severity } from '#domain/pipelines/findings/finding.js';
import type { Place, Trigger } from '#domain/pipelines/pipeline.js';
import { PLATFORMS } from '#domain/pipelines/platforms.js';
import { toPlainText } from './plain-text.js';
import type { Style } from './style.js';
import { renderTable, truncate } from './table.js';

const MAX_PLACES = 5;
const MAX_UNREAD = 20;

/** A line for each pipeline, the findings by their codes, and what could not be read. */
export function renderDetection(detection: Detection, notes: readonly Note[], style: Style): string[] {
  const { pipelines, findings, omitted, unread } = detection;
  if (pipelines.length === 0 && unread.length === 0)
    return ['No file of a platform that is known was found.'];
  return [
    ...renderPipelines(pipelines, style),
    ...groupByCode(findings).flatMap((group) => ['', ...renderGroup(group, style)]),
    '',
    countAll(findings, omitted),
    ...unread
      .slice(0, MAX_UNREAD)
      .map(
        ({ place, message }) => `${style.warn('not read:')} ${formatPlace(place)} ${toPlainText(message)}`,
      ),
    ...(unread.length > MAX_UNREAD ? [style.faint(`  and ${unread.length - MAX_UNREAD} more`)] : []),
    ...notes.map(
      ({ text, evidence }) =>
        `${style.warn('note:')} ${toPlainText(evidence[0]?.file ?? '')} ${toPlainText(text)}`,
    ),
  ];
}

function renderPipelines(pipelines: readonly DetectedPipeline[], style: Style): string[] {
  if (pipelines.length === 0) return [];
  const rows = pipelines.map(({ platform, name, triggers, jobs, longestChain }) => [
    PLATFORMS[platform].title,
    truncate(toPlainText(name), 40),
    truncate(toPlainText(triggers.map(describeTrigger).join(', ')) || '–', 60),
    String(jobs.length),
    longestChain.length === 0
      ? '–'
      : `${longestChain.length}: ${truncate(toPlainText(longestChain.join(' → ')), 60)}`,
  ]);
  return renderTable(['platform', 'pipeline', 'started by', 'jobs', 'longest chain'], rows, style);
}

function describeTrigger({ kind, branches, tags, cron, event }: Trigger): string {
  if (kind === 'schedule') return `schedule ${cron ?? '…'}`;
  if (kind === 'event') return event ?? kind;
  const filters = kind === 'tag' ? tags : branches;
  if (filters === undefined) return kind;
  const more = filters.length > 3 ? `, … ${filters.length - 3} more` : '';
  return `${kind} (${filters.slice(0, 3).join(', ')}${more})`;
}

function groupByCode(findings: readonly PipelineFinding[]): readonly (readonly PipelineFinding[])[] {
  const groups = new Map<string, PipelineFinding[]>();
  for (const finding of findings) {
    const same = groups.get(finding.code);
    if (same === undefined) groups.set(finding.code, [finding]);
    else same.push(finding);
  }
  return [...groups.values()];
}

/** The cure once; each place with why, and with its gain where gains differ. */
function renderGroup(group: readonly PipelineFinding[], style: Style): string[] {
  const [first] = group;
  if (first === undefined) return [];
  const isOne = group.every(({ gain }) => gain === first.gain);
  const places = group
    .slice(0, MAX_PLACES)
    .flatMap(({ place, message, gain }) => [
      `  ${style.strong(formatPlace(place))} ${toPlainText(message)}`,
      ...(isOne ? [] : [`    ${style.faint('gain:')} ${toPlainText(gain)}`]),
    ]);
  const more = group.length - MAX_PLACES;
  const paint =
    first.severity === 'error' ? style.bad : first.severity === 'warning' ? style.warn : style.faint;
  return [
    `${paint(`${first.severity} ${first.code}`)} ${group.length === 1 ? '' : `(${group.length})`}`.trimEnd(),
    ...places,
    ...(more > 0 ? [style.faint(`  and ${more} more; --json has them all`)] : []),
    `  ${style.faint('cure:')} ${first.cure}`,
    ...(isOne ? [`  ${style.faint('gain:')} ${toPlainText(first.gain)}`] : []),
  ];
}

function formatPlace({ file, line, column }: Place): string {
  return toPlainText(`${file}:${line}:${column}`);
}

function countAll(findings: readonly PipelineFinding[], omitted: number): string {
  if (findings.length === 0) return 'no findings';
  const counts = SEVERITIES.map((severity): readonly [Severity, number] => [
    severity,
    findings.filter((each) => each.severity === severity).length,
  ]);
  const parts = counts
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} ${name}${count === 1 ? '' : 's'}`);
  return `${parts.join(', ')}${omitted > 0 ? `, and ${omitted} more that are left out` : ''}`;
}
