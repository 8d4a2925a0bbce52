import { isOver } from '#contracts/cicd/execution.js';
import type { FakeExecution, FakeExecutions } from './fake-executions.js';
import type { FakeAnswer } from './fake-server.js';
import {
  answer,
  describeActions,
  describeNode,
  describeStage,
  MULTIBRANCH,
  PARAMETERS,
  pathOf,
  RESULTS,
  readValue,
  STATUSES,
  sendLog,
} from './jenkins-shapes.js';

interface Branch {
  readonly pipeline: string;
  /** As the job is called: its slashes encoded. */
  readonly name: string;
}

/** Jobs, queue and builds as Jenkins describes them; an execution that has left the queue is a build. */
export class FakeBuilds {
  root = '';
  forgetsQueue = false;
  /** Branch jobs of each multibranch job. */
  readonly jobs = new Map<string, readonly string[]>([
    ['shop', ['main', 'next']],
    ['plain', ['main']],
  ]);
  private readonly canceled = new Set<string>();

  constructor(private readonly executions: FakeExecutions) {}

  queue(): readonly object[] {
    return this.executions.list.filter((each) => this.isQueued(each)).map((each) => this.describeItem(each));
  }

  item(id: string): FakeAnswer | undefined {
    const found = this.executions.find(id);
    if (found === undefined || (this.forgetsQueue && !this.isQueued(found))) return undefined;
    return { status: 200, json: this.describeItem(found) };
  }

  cancelItem(id: string): boolean {
    const found = this.executions.find(id);
    if (found === undefined || !this.isQueued(found)) return false;
    this.canceled.add(id);
    return this.executions.cancel(id);
  }

  /** The place in the queue; one that is the same in all is not there twice. */
  start({ pipeline, name }: Branch, form: URLSearchParams): string {
    const given =
      pipeline === 'shop' ? PARAMETERS.map((each) => [each.name, readValue(each, form)] as const) : [];
    const inputs = Object.fromEntries(given);
    const ref = name.replaceAll('%2F', '/');
    const same = this.executions.list.find(
      (each) =>
        this.isQueued(each) &&
        each.pipeline === pipeline &&
        each.ref === ref &&
        JSON.stringify(each.inputs) === JSON.stringify(inputs),
    );
    return (same ?? this.executions.start({ pipeline, ref, inputs })).id;
  }

  findBranch(path: string): Branch | undefined {
    const [, pipeline = '', encoded = ''] = /^\/job\/team\/job\/([^/]+)\/job\/([^/]+)$/.exec(path) ?? [];
    const name = decodeURIComponent(encoded);
    return this.jobs.get(decodeURIComponent(pipeline))?.includes(name) === true
      ? { pipeline, name }
      : undefined;
  }

  findBuild(path: string, number: string): FakeExecution | undefined {
    const branch = this.findBranch(path);
    return branch && this.buildsOf(branch).find((each) => each.number === Number(number));
  }

  read(path: string, query: URLSearchParams): FakeAnswer | undefined {
    const node = /^(.*)\/(\d+)\/execution\/node\/(\d+)\/(.*)$/.exec(path);
    if (node !== null)
      return this.readNode(this.findBuild(node[1]!, node[2]!), node[3]!, { what: node[4]!, query });
    const build = /^(.*)\/(\d+)\/(.*)$/.exec(path);
    if (build !== null) return this.readBuild(this.findBuild(build[1]!, build[2]!), build[3]!, query);
    if (!path.endsWith('/api/json')) return undefined;
    return this.readJob(path.slice(0, -'/api/json'.length));
  }

  describeEvent(execution: FakeExecution, phase: string): object {
    const path = pathOf(execution).slice(1);
    const result = RESULTS[execution.state];
    return {
      name: execution.ref.replaceAll('/', '%2F'),
      url: `${path}/`,
      build: {
        full_url: `${this.root}/${path}/${execution.number}/`,
        url: `${path}/${execution.number}/`,
        number: execution.number,
        queue_id: Number(execution.id),
        timestamp: execution.updatedAt,
        phase,
        ...(result === undefined ? {} : { status: result }),
        scm: { branch: `origin/${execution.ref}`, commit: execution.commit },
        parameters: Object.fromEntries(
          Object.entries(execution.inputs).map(([name, value]) => [name, String(value)]),
        ),
      },
    };
  }

  private isQueued({ id, state }: FakeExecution): boolean {
    return state === 'queued' && !this.canceled.has(id);
  }

  private buildsOf({ pipeline, name }: Branch): readonly FakeExecution[] {
    return this.executions.list
      .filter((each) => each.pipeline === pipeline && each.ref.replaceAll('/', '%2F') === name)
      .filter((each) => each.state !== 'queued' && !this.canceled.has(each.id))
      .toReversed();
  }

  private readJob(path: string): FakeAnswer | undefined {
    if (path === '')
      return answer({ _class: 'hudson.model.Hudson', mode: 'NORMAL', jobs: [this.describeFolder()] });
    if (path === '/job/team') return answer(this.describeFolder());
    const holder = /^\/job\/team\/job\/([^/]+)$/.exec(path)?.[1];
    if (holder !== undefined) return this.jobs.has(holder) ? answer(this.describeHolder(holder)) : undefined;
    const branch = this.findBranch(path);
    return branch && answer(this.describeBranch(branch));
  }

  private describeFolder(): object {
    return {
      _class: 'com.cloudbees.hudson.plugins.folder.Folder',
      name: 'team',
      displayName: 'The team',
      url: `${this.root}/job/team/`,
      jobs: [...this.jobs.keys()].map((name) => this.describeHolder(name)),
    };
  }

  private describeHolder(pipeline: string): object {
    return {
      _class: MULTIBRANCH,
      name: pipeline,
      displayName: pipeline,
      url: `${this.root}/job/team/job/${pipeline}/`,
      jobs: this.jobs.get(pipeline)!.map((name) => this.describeBranch({ pipeline, name })),
    };
  }

  private describeBranch(branch: Branch): object {
    const { pipeline, name } = branch;
    const builds = this.buildsOf(branch).map((each) => this.describeBuild(each));
    return {
      _class: 'org.jenkinsci.plugins.workflow.job.WorkflowJob',
      name,
      displayName: name.replaceAll('%2F', '/'),
      url: `${this.root}/job/team/job/${pipeline}/job/${encodeURIComponent(name)}/`,
      buildable: true,
      nextBuildNumber: this.executions.list.filter((each) => each.pipeline === pipeline).length + 1,
      property:
        pipeline === 'shop'
          ? [{ _class: 'hudson.model.ParametersDefinitionProperty', parameterDefinitions: PARAMETERS }]
          : [],
      builds: builds.slice(0, 100),
      allBuilds: builds,
    };
  }

  private describeItem(execution: FakeExecution): object {
    const isCanceled = this.canceled.has(execution.id);
    const isBuilt = !isCanceled && !this.isQueued(execution);
    const url = `${this.root}${pathOf(execution)}/`;
    return {
      _class: isBuilt ? 'hudson.model.Queue$LeftItem' : 'hudson.model.Queue$WaitingItem',
      id: Number(execution.id),
      inQueueSince: execution.createdAt,
      why: isBuilt ? null : 'In the quiet period. Expires in 4.9 sec',
      ...(isCanceled ? { cancelled: true } : {}),
      task: { name: execution.ref, url },
      actions: describeActions(execution),
      ...(isBuilt ? { executable: { number: execution.number, url: `${url}${execution.number}/` } } : {}),
    };
  }

  private describeBuild(execution: FakeExecution): object {
    const { startedAt = execution.createdAt, endedAt } = execution;
    return {
      _class: 'org.jenkinsci.plugins.workflow.job.WorkflowRun',
      number: execution.number,
      queueId: Number(execution.id),
      url: `${this.root}${pathOf(execution)}/${execution.number}/`,
      building: !isOver(execution.state),
      result: RESULTS[execution.state] ?? null,
      timestamp: startedAt,
      duration: endedAt === undefined ? 0 : endedAt - startedAt,
      fullDisplayName: `The team » ${execution.pipeline} » ${execution.ref} #${execution.number}`,
      builtOn: 'agent-1',
      artifacts: execution.artifacts
        .filter(({ expired }) => !expired)
        .map(({ name }) => ({ fileName: name.split('/').at(-1), relativePath: name })),
      actions: [
        ...describeActions(execution),
        {
          _class: 'jenkins.metrics.impl.TimeInQueueAction',
          queuingDurationMillis: startedAt - execution.createdAt,
        },
        {
          _class: 'hudson.plugins.git.util.BuildData',
          lastBuiltRevision: { SHA1: execution.commit, branch: [{ name: execution.ref }] },
        },
        ...(execution.state === 'blocked'
          ? [{ _class: 'org.jenkinsci.plugins.workflow.support.steps.input.InputAction' }]
          : []),
      ],
    };
  }

  private readBuild(
    execution: FakeExecution | undefined,
    what: string,
    query: URLSearchParams,
  ): FakeAnswer | undefined {
    if (execution === undefined) return undefined;
    if (what === 'api/json') return answer(this.describeBuild(execution));
    if (what === 'wfapi/describe')
      return answer({
        id: String(execution.number),
        status: STATUSES[execution.state],
        stages: execution.jobs.map(describeStage),
      });
    if (what === 'logText/progressiveText')
      return sendLog(execution.jobs[0]!, query, isOver(execution.state));
    const file = what.startsWith('artifact/') ? decodeURIComponent(what.slice('artifact/'.length)) : '';
    const artifact = execution.artifacts.find(({ name, expired }) => name === file && !expired);
    return (
      artifact && {
        status: 200,
        headers: { 'content-type': 'application/octet-stream' },
        body: artifact.bytes,
      }
    );
  }

  private readNode(
    execution: FakeExecution | undefined,
    id: string,
    { what, query }: { readonly what: string; readonly query: URLSearchParams },
  ): FakeAnswer | undefined {
    const job = execution?.jobs.find((each) => id === each.id || id.slice(0, -1) === each.id);
    if (job === undefined) return undefined;
    if (what === 'wfapi/describe')
      return answer({
        ...describeStage(job),
        stageFlowNodes: job.steps.map((_, index) => describeNode(job, index)),
      });
    return what === 'log/logText/progressiveText' ? sendLog(job, query, isOver(job.state)) : undefined;
  }
}
