import type { Execution, PipelineState } from '#contracts/cicd/execution.js';
import type { SignedRequest } from '../../webhooks/verify-signature.js';
import type { Answer } from '../http/answer.js';
import { nameDelivery, readDelivery } from '../http/delivery.js';
import type { PlatformEvent } from '../platform.js';
import { nameDefinition } from './definition.js';
import { KEY_INPUT, TITLE } from './description.js';
import { readInput, readRef, readResult, readState, readWebUrl } from './execution.js';

/** What service hooks send: `build.complete`, and events of runs with their stages, jobs and approvals. */
export function parseEvent(request: SignedRequest): PlatformEvent {
  return readDelivery(TITLE, request, (event) => {
    const type = event.text('eventType');
    const delivery = event.findText('id') ?? nameDelivery(request);
    const resource = event.findObject('resource');
    const project = findProject(event, resource);
    if (resource === undefined || project === undefined) return { delivery, type, signed: false };
    const execution = readEvent(type, resource, project);
    return { delivery, type, signed: false, ...(execution === undefined ? {} : { execution }) };
  });
}

function readEvent(type: string, resource: Answer, project: string): Execution | undefined {
  if (type === 'build.complete') return readCompleted(resource, project);
  const run = resource.findObject('run');
  if (run === undefined || !/^ms\.vss-pipeline(s|checks-events)\./.test(type)) return undefined;
  const read = readRun(run, resource.findObject('pipeline') ?? run.object('pipeline'), project);
  const isPending = /approval-pending/.test(type);
  return isPending ? { ...read, state: 'blocked', native: 'pending' } : read;
}

function readCompleted(build: Answer, project: string): Execution {
  const definition = build.object('definition');
  const { state, native } = readOutcome(build);
  const key = readInput(build, KEY_INPUT);
  const ref = readRef(build.findText('sourceBranch'));
  const commit = build.findText('sourceVersion');
  const trigger = build.findText('reason');
  return {
    reference: { project, pipeline: nameDefinition(definition), id: build.id('id') },
    attempt: 1,
    state,
    native,
    title: `${definition.text('name')} ${build.findText('buildNumber') ?? build.id('id')}`,
    url: readWebUrl(build) ?? '',
    ...(ref === undefined ? {} : { ref }),
    ...(commit === undefined ? {} : { commit }),
    ...(trigger === undefined ? {} : { trigger }),
    ...readTimes(build, ['queueTime', 'startTime', 'finishTime']),
    ...(key === undefined ? {} : { key }),
  };
}

/** The old form of the event has the result as its status. */
function readOutcome(build: Answer): { readonly state: PipelineState; readonly native: string } {
  const status = build.findText('status') ?? '';
  const result = build.findText('result');
  if (status === 'completed') return { state: readResult(result), native: result ?? status };
  return { state: readResult(status === 'stopped' ? 'canceled' : status), native: status };
}

function readRun(run: Answer, pipeline: Answer, project: string): Execution {
  const state = run.findText('state') ?? 'unknown';
  const result = run.findText('result');
  const id = run.id('id');
  return {
    reference: { project, pipeline: nameDefinition(pipeline), id },
    attempt: 1,
    state: readState(state, result),
    native: state === 'completed' ? (result ?? state) : state,
    title: `${pipeline.text('name')} ${run.findText('name') ?? id}`,
    url: readWebUrl(run) ?? '',
    ...readTimes(run, ['createdDate', '', 'finishedDate']),
  };
}

/** Its name where the event has it; else its id, which the platform takes as well. */
function findProject(event: Answer, resource: Answer | undefined): string | undefined {
  const named = resource?.findObject('project') ?? resource?.findObject('definition')?.findObject('project');
  const container = event.findObject('resourceContainers')?.findObject('project');
  return named?.findText('name') ?? named?.findText('id') ?? container?.findText('id');
}

function readTimes(of: Answer, [created, started, ended]: readonly [string, string, string]) {
  const times = {
    createdAt: of.findMoment(created),
    startedAt: of.findMoment(started),
    endedAt: of.findMoment(ended),
  };
  return Object.fromEntries(Object.entries(times).filter(([, moment]) => moment !== undefined));
}
