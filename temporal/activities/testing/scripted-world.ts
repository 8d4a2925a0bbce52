import type { PipelineWorld } from '#connectors/cicd/pipeline-world.js';
import type {
  Found,
  PlatformClient,
  PlatformDescription,
  TriggerRequest,
} from '#connectors/cicd/platform.js';
import type { Execution, PipelineJob } from '#contracts/cicd/execution.js';
import type { IntegrationSettings } from '#contracts/cicd/integration.js';
import type { NotedStart, PipelineStore } from '#contracts/cicd/pipeline-store.js';
import type { ActionContext, StopReason } from '#contracts/ports.js';

const INTEGRATION: IntegrationSettings = {
  id: 'i-1',
  name: 'ci',
  platform: 'scripted',
  baseUrl: 'http://127.0.0.1',
  auth: { type: 'token', secret: 'env:TOKEN' },
  options: {},
  status: 'active',
  revision: 1,
};

export const EXECUTION: Execution = {
  reference: { project: 'acme/app', pipeline: 'build.yml', id: '7' },
  attempt: 1,
  state: 'queued',
  native: 'queued',
  title: 'build #7',
  url: 'https://ci.example/7',
};

/** What `status` answers in turn, the last of them for ever; an error is thrown. */
type Answers = readonly (Partial<Execution> | Error)[];

export interface Script {
  readonly statuses: Answers;
  readonly jobs?: readonly PipelineJob[];
  readonly logs?: Readonly<Record<string, string>>;
  /** In turn, the last of them for ever. */
  readonly finds?: readonly (Found | Error)[];
  readonly trigger?: (request: TriggerRequest) => Execution;
  /** What happens before a start leaves. */
  readonly held?: () => void;
}

interface ScriptedStart extends NotedStart {
  /** Attempts of the step, as the store keeps them. */
  readonly noted?: number;
  readonly concluded?: number;
}

/** A platform that follows a script, a store in memory, and a clock that goes on only where somebody waits. */
export class ScriptedWorld implements PipelineWorld {
  integration: IntegrationSettings | undefined = INTEGRATION;
  /** What was asked of the platform. */
  readonly asked: string[] = [];
  readonly triggers: TriggerRequest[] = [];
  /** Pauses that were asked for, in milliseconds. */
  readonly pauses: number[] = [];
  readonly log: string[] = [];
  readonly starts: ScriptedStart[] = [];
  readonly abort = new AbortController();
  stopReason: StopReason | undefined;
  told = false;
  now = 1_000_000;
  private statuses = 0;
  private finds = 0;

  constructor(private readonly script: Script) {}

  /** Of the attempt that is made now: others follow by `attempts`. */
  context: ActionContext = {
    run: 'r-1',
    step: 'build',
    attempt: 1,
    idempotencyKey: 'r-1/build',
    signal: this.abort.signal,
    workspace: '/nowhere',
    secrets: { resolve: async () => 's' },
    secretValues: new Map(),
    whyStopped: () => this.stopReason,
    log: (_stream, text) => this.log.push(text),
    logWritten: async () => undefined,
    mask: () => undefined,
    hide: (text) => text.replaceAll('hush', '***'),
  };

  stop(reason: StopReason): void {
    this.stopReason = reason;
    this.abort.abort();
  }

  readonly store: PipelineStore = {
    findIntegration: async () => this.integration,
    begin: async ({ attempt, begunAfter, followsLost }) => {
      const reopened = followsLost === true ? attempt - 1 : Number.POSITIVE_INFINITY;
      const open = this.starts.find(
        ({ concluded = Number.POSITIVE_INFINITY, noted = 1 }) =>
          (concluded === Number.POSITIVE_INFINITY || concluded >= reopened) && noted > begunAfter,
      );
      if (open !== undefined) return open;
      const start = { id: `e-${this.starts.length + 1}`, noted: attempt };
      this.starts.push(start);
      return start;
    },
    sending: async (id, at, before) => {
      const start = this.starts.find((each) => each.id === id);
      if (start?.sentAt !== before || start?.reference !== undefined) return false;
      this.amend(id, (known) => ({ ...known, sentAt: at, since: known.since ?? at }));
      return true;
    },
    observe: async (id, { reference }) => this.amend(id, (start) => ({ ...start, reference })),
    conclude: async (id, attempt) => this.amend(id, (start) => ({ ...start, concluded: attempt })),
    find: async (_run, id) =>
      this.integration === undefined
        ? undefined
        : { id, integration: this.integration, reference: EXECUTION.reference },
    isTold: async () => this.told,
  };

  readonly pace = { pollMs: 10_000, toldMs: 120_000 };

  readonly changes = {
    follow: () => ({
      next: async (ms: number) => {
        this.pauses.push(ms);
        this.now += ms;
      },
      close: () => undefined,
    }),
  };

  connect(
    _integration: IntegrationSettings,
    _context: ActionContext,
    signal: AbortSignal,
    leaves?: () => Promise<void>,
  ) {
    const client: Partial<PlatformClient> = {
      trigger: async (request) => {
        this.script.held?.();
        await leaves?.();
        this.asked.push('trigger');
        this.triggers.push(request);
        return this.script.trigger?.(request) ?? EXECUTION;
      },
      find: async () => {
        this.asked.push('find');
        const finds = this.script.finds ?? [{ outcome: 'absent' }];
        const answer = finds[Math.min(this.finds++, finds.length - 1)]!;
        if (answer instanceof Error) throw answer;
        return answer;
      },
      status: async () => {
        signal.throwIfAborted();
        this.asked.push('status');
        const answer = this.script.statuses[Math.min(this.statuses++, this.script.statuses.length - 1)]!;
        if (answer instanceof Error) throw answer;
        return { ...EXECUTION, ...answer };
      },
      jobs: async () => {
        this.asked.push('jobs');
        return this.script.jobs ?? [];
      },
      logs: async (_reference, job) => {
        this.asked.push(`logs ${job}`);
        return { complete: true, bytes: inParts(this.script.logs?.[job] ?? '') };
      },
      cancel: async () => {
        signal.throwIfAborted();
        this.asked.push('cancel');
      },
    };
    const description = { name: 'scripted', title: 'Scripted CI', settleMs: 10_000 } as PlatformDescription;
    return { description, client: client as PlatformClient };
  }

  private amend(id: string, change: (start: ScriptedStart) => ScriptedStart): void {
    const at = this.starts.findIndex((start) => start.id === id);
    this.starts[at] = change(this.starts[at]!);
  }
}

async function* inParts(text: string): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += 100_000) yield bytes.subarray(at, at + 100_000);
}
