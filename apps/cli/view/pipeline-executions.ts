import type { Page } from '#contracts/rest/page.js';
import type {
  JobStatistics,
  PipelineDurations,
  PipelineExecutionView,
  PipelineJobView,
  PipelineStatisticsView,
} from '#contracts/rest/pipelines.js';
import { formatDuration } from './duration.js';
import { toPlainText } from './plain-text.js';
import type { Style } from './style.js';
import { renderTable, truncate } from './table.js';

const TITLE_WIDTH = 50;

export function renderExecutions({ items, next }: Page<PipelineExecutionView>, style: Style): string[] {
  if (items.length === 0) return ['no execution is known'];
  const rows = items.map((each) => [
    each.id,
    each.state,
    plain(each.integration),
    plain([each.project, each.pipeline].filter((text) => text !== '').join(' ')),
    plain(each.ref ?? ''),
    each.durationMs === undefined ? '' : formatDuration(each.durationMs),
    truncate(plain(each.title), TITLE_WIDTH),
  ]);
  const heading = ['ID', 'STATE', 'INTEGRATION', 'PIPELINE', 'REF', 'TOOK', 'TITLE'];
  const more = next === undefined ? [] : ['there are more: narrow them down, or raise --limit'];
  return [...renderTable(heading, rows, style), ...more];
}

export function renderExecution(execution: PipelineExecutionView): string[] {
  const { state, native, platform, integration, project, pipeline, attempt } = execution;
  const fact = (name: string, value: string | undefined) =>
    value === undefined || value === '' ? [] : [`${name.padEnd(12)}${plain(value)}`];
  return [
    ...fact('title', execution.title),
    ...fact('state', native === '' || native === state ? state : `${state} (${native})`),
    ...fact('platform', `${platform}, by the integration ${integration}`),
    ...fact('pipeline', `${project} ${pipeline}`.trim()),
    ...fact('ref', execution.ref),
    ...fact('commit', execution.commit),
    ...fact('attempt', String(attempt)),
    ...fact(
      'started by',
      [execution.trigger, execution.actor].filter((text) => text !== undefined).join(', '),
    ),
    ...fact(
      'run',
      execution.run === undefined ? undefined : `${execution.run}, step ${execution.step ?? ''}`,
    ),
    ...fact('queued', execution.queuedMs === undefined ? undefined : formatDuration(execution.queuedMs)),
    ...fact('took', execution.durationMs === undefined ? undefined : formatDuration(execution.durationMs)),
    ...fact('url', execution.url),
  ];
}

export function renderJobs(jobs: readonly PipelineJobView[], style: Style): string[] {
  if (jobs.length === 0) return ['no job yet'];
  const rows = jobs.flatMap((job) => [
    [
      plain(job.id),
      job.state,
      plain(job.name),
      plain(job.stage ?? ''),
      job.durationMs === undefined ? '' : formatDuration(job.durationMs),
      plain(job.runner ?? ''),
    ],
    ...job.steps.map((step) => ['', step.state, `  ${plain(step.name)}`, '', '', '']),
  ]);
  return renderTable(['ID', 'STATE', 'JOB', 'STAGE', 'TOOK', 'RUNNER'], rows, style);
}

export function renderStatistics(found: PipelineStatisticsView, style: Style): string[] {
  const { executions, executionsAtLeast, succeeded, failed, canceled, successRate, minutes, cost } = found;
  if (executions === 0) return ['no execution is over in that time'];
  const count = `${executionsAtLeast === true ? 'more than ' : ''}${executions}`;
  return [
    `${count} executions: ${succeeded} succeeded, ${failed} failed, ${canceled} canceled${successRate === undefined ? '' : `; ${formatShare(successRate)} of those that were not canceled succeeded`}`,
    ...(found.duration === undefined ? [] : [`took ${formatDurations(found.duration)}`]),
    ...(found.queued === undefined ? [] : [`queued ${formatDurations(found.queued)}`]),
    `machines ${minutes} min${cost === undefined ? '' : `, at a cost of ${cost}`}`,
    ...renderJobStatistics(found.jobs, style),
    ...(found.steps.length === 0
      ? []
      : [
          '',
          ...renderTable(
            ['STEP', 'JOB', 'DONE', 'P50', 'P95'],
            found.steps.map(({ name, job, count: done, duration }) => [
              plain(name),
              plain(job),
              String(done),
              formatDuration(duration.p50Ms),
              formatDuration(duration.p95Ms),
            ]),
            style,
          ),
        ]),
  ];
}

function renderJobStatistics(jobs: readonly JobStatistics[], style: Style): string[] {
  if (jobs.length === 0) return [];
  const rows = jobs.map((job) => [
    plain(job.name),
    plain([job.project, job.pipeline].filter((text) => text !== '').join(' ')),
    String(job.count),
    String(job.failed),
    job.flaky === 0 ? '' : formatShare(job.flakiness),
    job.duration === undefined ? '' : formatDuration(job.duration.p95Ms),
    String(job.minutes),
  ]);
  return ['', ...renderTable(['JOB', 'PIPELINE', 'DONE', 'FAILED', 'FLAKY', 'P95', 'MINUTES'], rows, style)];
}

function formatDurations({ p50Ms, p95Ms }: PipelineDurations): string {
  return `${formatDuration(p50Ms)} (p50), ${formatDuration(p95Ms)} (p95)`;
}

function formatShare(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}

function plain(text: string): string {
  return toPlainText(text);
}
