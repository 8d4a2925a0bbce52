import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { type DetectedPipeline, detectPipelines } from './detect.js';
import { FINDING_CODES } from './findings/codes.js';
import type { Input, Place, Trigger } from './pipeline.js';

const ROOT = 'test/pipelines';

interface Expected {
  readonly platforms: readonly string[];
  readonly pipelines: Readonly<
    Record<
      string,
      {
        readonly triggers: readonly string[];
        readonly inputs?: readonly string[];
        readonly jobs: Readonly<Record<string, string>>;
      }
    >
  >;
  readonly findings: readonly string[];
  readonly unread: readonly string[];
}

function readProject(name: string) {
  const folder = join(ROOT, 'projects', name);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name).slice(folder.length + 1));
  const texts = new Map(files.map((file) => [file, readFileSync(join(folder, file), 'utf8')]));
  return { detection: detectPipelines({ files, texts }), texts };
}

function show({ kind, branches, tags, cron, event }: Trigger): string {
  if (kind === 'schedule') return cron === undefined ? kind : `${kind} ${cron}`;
  return [
    kind,
    ...(kind === 'event' ? [event ?? ''] : kind === 'tag' ? (tags ?? []) : (branches ?? [])),
  ].join(' ');
}

function showInput({ name, type, required, default: initial }: Input): string {
  const value = Array.isArray(initial) ? initial.join(' ') : initial === undefined ? '' : String(initial);
  return [name, type, value, required ? 'required' : ''].filter((each) => each !== '').join(' ');
}

function showJobs({ jobs }: DetectedPipeline): Readonly<Record<string, string>> {
  return Object.fromEntries(
    jobs.map(({ id, needs, matrix, timeLimit, calls, approval }) => [
      id,
      [
        needs.length === 0 ? '' : `after ${needs.join(' ')}`,
        matrix === undefined ? '' : `×${matrix.size ?? '?'}`,
        timeLimit === undefined ? '' : `${timeLimit.minutes} min`,
        approval === true ? 'a person' : '',
        calls === undefined ? '' : `calls ${calls.name}`,
      ]
        .filter((each) => each !== '')
        .join(', '),
    ]),
  );
}

const at = ({ code, place: { file, line, column } }: { readonly code: string; readonly place: Place }) =>
  `${code} ${file}:${line}:${column}`;

const PROJECTS = readdirSync(join(ROOT, 'projects')).sort();

describe('the files of real kinds of projects', () => {
  it('are those of ten kinds and more, of every platform', () => {
    expect(PROJECTS.length).toBeGreaterThanOrEqual(10);
    const platforms = PROJECTS.flatMap((name) =>
      readProject(name).detection.platforms.map((each) => each.name),
    );
    expect([...new Set(platforms)].sort()).toEqual([
      'azure-pipelines',
      'circleci',
      'github-actions',
      'gitlab-ci',
      'jenkins',
    ]);
  });

  it.each(PROJECTS)('%s: platforms, pipelines, jobs and findings are all found, and no other', (name) => {
    const expected = parse(readFileSync(join(ROOT, 'expected', `${name}.yml`), 'utf8')) as Expected;
    const { detection } = readProject(name);
    expect({
      platforms: detection.platforms.map(({ title }) => title),
      pipelines: Object.fromEntries(
        detection.pipelines.map((pipeline) => {
          const inputs = pipeline.inputs.map(showInput);
          return [
            pipeline.name,
            {
              triggers: pipeline.triggers.map(show),
              ...(inputs.length === 0 ? {} : { inputs }),
              jobs: showJobs(pipeline),
            },
          ];
        }),
      ),
      findings: detection.findings.map(at).sort(),
      unread: detection.unread.map(at),
    }).toEqual({ ...expected, findings: [...expected.findings].sort() });
  });

  it.each(PROJECTS)('%s: every place lies in its file, on something that is not blank', (name) => {
    const { detection, texts } = readProject(name);
    const places = [
      ...detection.findings.map(({ place }) => place),
      ...detection.pipelines.flatMap(({ triggers, inputs, jobs }) => [
        ...[...triggers, ...inputs, ...jobs].map(({ place }) => place),
        ...jobs.flatMap(({ steps }) =>
          steps.flatMap(({ place, command }) => (command ? [place, command.place] : [place])),
        ),
      ]),
    ];
    for (const { file, line, column } of places) {
      const text = texts.get(file)?.split('\n')[line - 1];
      expect([file, line, text !== undefined && column <= text.length + 1]).toEqual([file, line, true]);
    }
  });

  it('lead to every finding that there is', () => {
    const found = PROJECTS.flatMap((name) => readProject(name).detection.findings.map(({ code }) => code));
    expect([...new Set(found)].sort()).toEqual(Object.keys(FINDING_CODES).sort());
  });
});
