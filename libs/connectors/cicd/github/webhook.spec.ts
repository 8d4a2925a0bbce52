import { describe, expect, it } from '@jest/globals';
import definitions from '@octokit/webhooks-examples' with { type: 'json' };
import { isSluiceError } from '#domain/errors.js';
import { parseEvent, verifyWebhook } from './webhook.js';

function delivered(type: string, event: unknown, more: readonly (readonly [string, string])[] = []) {
  const headers = new Map([['x-github-event', type], ['x-github-delivery', 'd-1'], ...more]);
  return { headers, body: Buffer.from(typeof event === 'string' ? event : JSON.stringify(event)) };
}

// To its types it is a module with a default; it is a file of JSON.
const examples = definitions as unknown as readonly {
  readonly name: string;
  readonly examples: readonly object[];
}[];

const all = examples.flatMap(({ name, examples: events }) =>
  events.map((event, index) => ({ type: name, title: `${name} ${index}`, event })),
);

describe('webhooks of GitHub', () => {
  it('has real ones to go by', () => {
    const count = (type: string) => all.filter((each) => each.type === type).length;
    expect(count('workflow_run')).toBeGreaterThanOrEqual(5);
    expect(count('workflow_job')).toBeGreaterThanOrEqual(8);
    expect(all.length).toBeGreaterThan(100);
  });

  it.each(examples)('reads every $name, or refuses it by name', ({ name: type, examples: events }) => {
    for (const event of events) readOrRefuse(type, event);
  });

  function readOrRefuse(type: string, event: object): void {
    try {
      const told = parseEvent(delivered(type, event));
      expect(told).toMatchObject({ type, delivery: 'd-1', signed: true });
      const isOfRuns = type === 'workflow_run' || type === 'workflow_job';
      expect(told.execution !== undefined).toBe(isOfRuns);
      if (!isOfRuns) return;
      expect(told.execution).toMatchObject({
        reference: { project: expect.stringMatching(/^[^/]+\/[^/]+$/), id: expect.stringMatching(/^\d+$/) },
        attempt: expect.any(Number),
        url: expect.stringContaining('http'),
      });
      expect(told.execution?.title).not.toBe('');
      expect(told.jobs?.length ?? 0).toBe(type === 'workflow_job' ? 1 : 0);
    } catch (error) {
      if (!isSluiceError(error)) throw error;
      expect(error.code).toBe('platform-event-invalid');
    }
  }

  it('refuses none of those that tell of runs and jobs', () => {
    for (const { type, event } of all)
      if (/^workflow_(run|job)$/.test(type)) expect(() => parseEvent(delivered(type, event))).not.toThrow();
  });

  it('names the file of the workflow, its attempt and what became of it', () => {
    const [run] = all.filter(({ type, event }) => type === 'workflow_run' && 'workflow' in event);
    const told = parseEvent(delivered('workflow_run', run!.event));
    expect(told.execution?.reference).toMatchObject({
      project: 'Codertocat/Hello-World',
      pipeline: 'syntax.yml',
    });
    const job = all.find(({ title }) => title === 'workflow_job 1');
    expect(parseEvent(delivered('workflow_job', job!.event))).toMatchObject({
      execution: { reference: { id: '2202229078', pipeline: '' }, attempt: 1, state: 'running' },
      jobs: [{ id: '289782451', name: 'linters', state: 'failed', native: 'failure' }],
    });
  });

  it('reads one that comes as a form, and names one that has no name', () => {
    const [run] = all.filter(({ type }) => type === 'workflow_run');
    const form = new URLSearchParams({ payload: JSON.stringify(run!.event) }).toString();
    const type = ['content-type', 'application/x-www-form-urlencoded'] as const;
    expect(parseEvent(delivered('workflow_run', form, [type])).execution).toBeDefined();
    const bare = { headers: new Map([['x-github-event', 'ping']]), body: Buffer.from('{}') };
    expect(parseEvent(bare).delivery).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    ['workflow_run', {}],
    ['workflow_run', { workflow_run: { id: 1 } }],
    ['workflow_run', { workflow_run: { id: {} }, repository: { full_name: 'a/b' } }],
    ['workflow_job', { workflow_job: { id: 1, name: 'x' }, repository: { full_name: 'a/b' } }],
    ['ping', '[]'],
    ['', {}],
  ])('refuses %s %j', (type, event) => {
    expect(() => parseEvent(delivered(type, event))).toThrow(
      expect.objectContaining({ code: 'platform-event-invalid' }),
    );
  });

  it('takes the signature that GitHub publishes as a test of it', () => {
    // https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
    const signature = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';
    const request = delivered('ping', 'Hello, World!', [['x-hub-signature-256', signature]]);
    expect(verifyWebhook(request, ["It's a Secret to Everybody"], 0).valid).toBe(true);
    expect(verifyWebhook(request, ['It is no secret'], 0)).toMatchObject({ reason: 'signature-wrong' });
    expect(verifyWebhook(delivered('ping', 'Hello, World!'), ['x'], 0)).toMatchObject({
      reason: 'signature-missing',
    });
  });
});
