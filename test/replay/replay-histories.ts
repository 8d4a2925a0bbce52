import proto, { type coresdk } from '@temporalio/proto';
import { type ReplayWorkerOptions, Worker } from '@temporalio/worker';
import type { FinalRecord, TransitionBatch } from '#contracts/run.js';
import { compressingCodec } from '#temporal/payload-codec.js';
import '../quiet-runtime.js';
import type { NamedHistory } from './history-files.js';

const { WorkflowActivation } = proto.coresdk.workflow_activation;
const { WorkflowActivationCompletion } = proto.coresdk.workflow_completion;

export type WorkflowCommand = coresdk.workflow_commands.IWorkflowCommand;
type Told = TransitionBatch | FinalRecord;

/** What the code does in one activation: a task, or a part of one. */
interface Activated {
  /** Events of the history that the task knew of. */
  readonly events: number;
  /** Of their payloads nothing is compressed. */
  readonly commands: readonly WorkflowCommand[];
  /** What it would tell the projection. */
  readonly told: readonly Told[];
}

/** What the code does when it is led through a history. */
export interface Replayed {
  readonly name: string;
  /** Undefined where Temporal finds that it decides as recorded. */
  readonly error: Error | undefined;
  readonly activations: readonly Activated[];
}

/** An interpreter that does not come back fails its task after so long. */
const LIMIT = '10s';

/** Leads the code of a bundle through histories, one after the other, in one worker. */
export async function* replayHistories(
  code: string,
  histories: Iterable<NamedHistory>,
): AsyncGenerator<Replayed> {
  let activations: Activated[] = [];
  let told: Told[] = [];
  const tell = { callDuringReplay: true, fn: (_: unknown, word: Told) => void told.push(word) };
  const options: ReplayWorkerOptions = {
    workflowBundle: { code },
    dataConverter: { payloadCodecs: [{ encode: async (all) => all, decode: compressingCodec.decode }] },
    sinks: { projection: { record: tell, finish: tell } },
    ...{ isolateExecutionTimeout: LIMIT },
  };
  const listening = listen((events, { successful }) => {
    activations.push({ events, commands: successful?.commands ?? [], told });
    told = [];
  });
  const names: string[] = [];
  const pushed = function* () {
    for (const { name, history } of histories) {
      names.push(name);
      // One id for all: what is decided may hold it.
      yield { workflowId: 'run-recorded', history };
    }
  };
  for await (const { error } of listening.runReplayHistories(options, pushed())) {
    yield { name: names.shift()!, error: error ?? undefined, activations };
    activations = [];
    told = [];
  }
}

type Completion = coresdk.workflow_completion.IWorkflowActivationCompletion;

/** A worker that tells what it answers to the SDK's core, which compares no more of it than names and order. */
function listen(listener: (events: number, completion: Completion) => void): typeof Worker {
  return class ListeningWorker extends Worker {
    protected static override nativeWorkerCtor: typeof Worker.nativeWorkerCtor = {
      create: () => Promise.reject(new Error('it replays only')),
      async createReplay(...args) {
        const created = await Worker.nativeWorkerCtor.createReplay(...args);
        const { pollWorkflowActivation: poll, completeWorkflowActivation: complete } = created.worker;
        let events = 0;
        created.worker.pollWorkflowActivation = async () => {
          const bytes = await poll();
          events = WorkflowActivation.decode(new Uint8Array(bytes)).historyLength;
          return bytes;
        };
        created.worker.completeWorkflowActivation = (bytes) => {
          listener(events, WorkflowActivationCompletion.decodeDelimited(bytes));
          return complete(bytes);
        };
        return created;
      },
    };
  };
}
