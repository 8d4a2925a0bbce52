import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InterpretInput } from '#contracts/run.js';
import { checkInputs } from '#domain/definition/check-inputs.js';
import { isSluiceError, SluiceError } from '#domain/errors.js';
import { EVERY_ROLE } from '#domain/execution/approvers.js';
import type { FinalStatus } from '#domain/execution/command.js';
import type { RunState } from '#domain/execution/state.js';
import type { Json, JsonObject } from '#domain/json.js';
import type { Answers } from '#domain/rehearsal/read-answers.js';
import type { Ask } from '../console.js';
import type { RunNews } from '../server/follow-run.js';
import { Deciding } from './deciding.js';
import { LOCAL_PROJECT, type LocalRun, LocalRuns, type RunListener } from './local-runs.js';
import type { LocalSettings } from './local-settings.js';
import type { LoadedWorkflows } from './local-workflows.js';
import { RunRecord } from './run-record.js';
import { openWorkshop, type Workshop } from './workshop.js';

export interface LocalRequest {
  readonly workflows: LoadedWorkflows;
  readonly inputs: JsonObject;
  readonly answers: Answers;
  readonly ask?: Ask;
  readonly settings: LocalSettings;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly startedBy: string;
  /** The workspace stays. */
  readonly keep: boolean;
  readonly onNews: (news: RunNews) => void;
}

export interface LocalEnd {
  readonly status: FinalStatus;
  /** Large values in their places. */
  readonly output: Json;
  /** Why it was given up; undefined where it came to its own end. */
  readonly givenUp?: SluiceError;
  /** Where it stays. */
  readonly workspace?: string;
}

/** A run that goes on in this process. */
export interface RunningHere {
  readonly record: RunRecord;
  /** Rejects with SluiceError `interrupted` after `abort`. */
  readonly ended: Promise<LocalEnd>;
  /** In good order: what was begun is stopped, `finally` and compensations run. */
  cancel(reason: string): void;
  /** At once. */
  abort(): void;
}

/** Begins a run in this process. Throws SluiceError `inputs-invalid`. */
export async function runLocally(request: LocalRequest): Promise<RunningHere> {
  const { settings, env, onNews } = request;
  const input = createInput(request);
  const folder = await mkdtemp(join(tmpdir(), 'sluice-run-'));
  const records = new Map<string, RunRecord>();
  const main = new RunRecord(input, '', onNews);
  records.set(input.run.id, main);
  const workshop = await openWorkshop(folder, settings, env, {
    recordAttemptStarted: (start) => records.get(start.run)?.attemptStarted(start),
    recordAttemptEnded: (end) => records.get(end.run)?.attemptEnded(end),
    appendLog: (chunk) => records.get(chunk.run)?.log(chunk),
    settle: async () => undefined,
  });
  const local = new LocalRunInProcess(request, workshop, records);
  return {
    record: main,
    ended: local.run(input),
    cancel: (reason) => local.cancel(reason),
    abort: () => local.abort(),
  };
}

function createInput({ workflows, inputs, startedBy }: LocalRequest): InterpretInput {
  const { workflow, plan } = workflows.main;
  const checked = checkInputs(workflow.inputs, inputs);
  if (checked.errors !== undefined) {
    throw new SluiceError({
      code: 'inputs-invalid',
      fault: 'user',
      message: `The inputs do not fit ${workflow.name}: ${checked.errors.map(({ path, message }) => `${path} ${message}`).join(' ')}`,
      hint: 'Give it the inputs that it declares, by --input name=value or a file.',
    });
  }
  return {
    plan,
    inputs: checked.inputs,
    project: LOCAL_PROJECT,
    run: {
      ...{ id: randomUUID(), workflow: workflow.name, version: 1, trigger: 'api', startedBy },
      startedAt: new Date().toISOString(),
    },
  };
}

class LocalRunInProcess {
  private readonly runs: LocalRuns;
  private readonly deciding: Deciding;
  private givenUp: SluiceError | undefined;
  private root: LocalRun | undefined;
  private interrupt: (error: SluiceError) => void = () => undefined;

  constructor(
    private readonly request: LocalRequest,
    private readonly workshop: Workshop,
    private readonly records: Map<string, RunRecord>,
  ) {
    const { workflows, settings, answers, ask } = request;
    this.deciding = new Deciding(answers.answers, ask, (error) => this.giveUp(error));
    this.runs = new LocalRuns({
      slots: settings.slots,
      attemptsOf: (action) => workshop.attemptsOf(action),
      find: workflows.find,
      poolNames: workflows.all.flatMap(({ plan }) =>
        plan.nodes.flatMap(({ claims }) => claims?.resources?.pool ?? []),
      ),
      listener: this.listen(),
    });
  }

  async run(input: InterpretInput): Promise<LocalEnd> {
    const { workshop } = this;
    try {
      const { status, state } = await new Promise<{ status: FinalStatus; state: RunState }>(
        (resolve, reject) => {
          this.interrupt = reject;
          this.root = this.runs.begin(input, '', (status, state) => resolve({ status, state }));
          this.sendEvents();
        },
      );
      this.records.get(input.run.id)!.end(state);
      return {
        status,
        output: await this.readOutput(state.output ?? null),
        ...(this.givenUp === undefined ? {} : { givenUp: this.givenUp }),
        ...(this.request.keep ? { workspace: join(workshop.workspaces, input.run.id) } : {}),
      };
    } finally {
      await workshop.close();
      if (!this.request.keep) await rm(workshop.folder, { recursive: true, force: true });
    }
  }

  cancel(reason: string): void {
    const { startedBy: by } = this.request;
    this.root?.drive.operate({ type: 'cancel', compensate: true, by, roles: [EVERY_ROLE], reason });
  }

  abort(): void {
    this.runs.abort();
    this.workshop.kill();
    this.interrupt(
      new SluiceError({
        code: 'interrupted',
        fault: 'user',
        message: 'The run was cut off: neither `finally` nor compensations were waited for.',
        hint: 'Look at what it has left behind.',
      }),
    );
  }

  private listen(): RunListener {
    const { records, request } = this;
    return {
      started: (run, input) => {
        if (!records.has(run.id)) records.set(run.id, new RunRecord(input, run.prefix, request.onNews));
      },
      recorded: (run, transition) => {
        records.get(run.id)?.transition(transition);
        const { step, waiting } = transition;
        if (step !== undefined && (waiting === 'approval' || waiting === 'intervention'))
          setImmediate(() => void this.deciding.decide(run, step));
      },
      published: () => undefined,
      finished: () => undefined,
      stuck: () => this.explainStuck(),
    };
  }

  /** Events come from nowhere else, so what waits for one that was not given waits for ever. */
  private explainStuck(): void {
    if (this.deciding.asking) return;
    for (const { drive, prefix } of this.runs.living.values()) {
      for (const [key, step] of Object.entries(drive.state.steps)) {
        if (step.waiting !== 'event') continue;
        return this.giveUp(
          new SluiceError({
            code: 'event-missing',
            fault: 'user',
            message: `${prefix}${key} waits for the event "${step.event}", which nobody sends here.`,
            hint: `Give it: --event '${step.event}={"…": "…"}', or \`events\` in the file of --answers.`,
          }),
        );
      }
    }
  }

  private giveUp(error: SluiceError): void {
    if (this.givenUp !== undefined) return;
    this.givenUp = error;
    this.cancel(error.message);
  }

  private sendEvents(): void {
    for (const { name, data, afterMs } of this.request.answers.events) {
      const author = { by: this.request.startedBy, roles: [EVERY_ROLE] };
      this.runs.after(afterMs, () => this.root?.drive.operate({ type: 'send-event', name, data, ...author }));
    }
  }

  private async readOutput(output: Json): Promise<Json> {
    try {
      return (await this.workshop.largeValues.putIn({ output }, LOCAL_PROJECT))['output'] ?? null;
    } catch (error) {
      // Together they are too large to be put in: the references stay.
      if (isSluiceError(error)) return output;
      throw error;
    }
  }
}
