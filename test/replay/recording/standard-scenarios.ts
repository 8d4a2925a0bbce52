import type { Json, JsonObject } from '#domain/json.js';
import { planOfText } from './definitions.js';
import type { Scenario, StagedRun } from './scenario.js';

/** Workflows of the Open Workflow Specification: sequences, what is handed on in them, events that are listened to. */
const HTTP: JsonObject = { call: 'http', with: { method: 'get', endpoint: 'http://service.example/' } };

const send = (name: string, data: Json) => async (run: StagedRun) => {
  await run.elapse(150);
  await run.operate({ type: 'send-event', name, data });
};

export function standardScenarios(): Scenario[] {
  return [
    standard('sequence', {
      first: { set: { a: 1 }, output: { as: '.a' } },
      second: { set: { b: '${ . }' }, export: { as: '{ kept: .b }' } },
      third: { ...HTTP, if: '$context.kept == 1', output: { as: '{ status: 1 }' } },
      last: { set: { all: '${ $context.kept }' } },
    }),
    standard('sequence-that-jumps', {
      count: { set: { n: '${ (.n // 0) + 1 }' } },
      choose: { switch: [{ again: { when: '.n < 3', then: 'count' } }, { done: { then: 'end' } }] },
      never: HTTP,
    }),
    standard('sequence-that-exits', {
      outer: { do: [{ one: { set: { a: 1 }, then: 'exit' } }, { two: HTTP }] },
      after: { ...HTTP, then: 'end' },
      never: HTTP,
    }),
    standard('fork', { it: { fork: { compete: true, branches: [{ work: HTTP }, { stuck: HTTP }] } } }),
    standard('for', {
      it: {
        for: { each: 'n', in: '[1, 2, 3]', at: 'i' },
        while: '$i < 2',
        do: [{ work: { set: { n: '${ $n }' } } }, { log: HTTP }],
      },
    }),
    standard('try-with-retry', {
      it: {
        try: [{ fail: HTTP }],
        catch: {
          retry: {
            delay: { milliseconds: 20 },
            backoff: { exponential: {} },
            jitter: { from: { milliseconds: 1 }, to: { milliseconds: 9 } },
            limit: { attempt: { count: 2 } },
          },
          do: [{ mended: { set: { ok: true } } }],
        },
      },
    }),
    standard('try-that-lets-through', {
      it: {
        try: [{ bad: { raise: { error: { type: 'https://example.com/e', status: 400, title: 'No' } } } }],
        catch: { errors: { with: { status: 503 } }, do: [{ never: HTTP }] },
      },
    }),
    standard(
      'listen-to-one',
      { it: { listen: { to: { one: { with: { type: 'go' } } } } } },
      send('go', { n: 1 }),
    ),
    standard(
      'listen-to-all',
      { it: { listen: { to: { all: [{ with: { type: 'a' } }, { with: { type: 'b' } }] } } }, last: HTTP },
      async (run) => {
        for (const name of ['b', 'b', 'other', 'a']) await send(name, { n: 1 })(run);
      },
    ),
    standard(
      'listen-until',
      { it: { listen: { to: { any: [], until: '(. | length) > 1' } } } },
      async (run) => {
        for (const n of [1, 2]) await send('go', { n })(run);
      },
    ),
    standard(
      'listen-for-each',
      {
        it: {
          listen: { to: { any: [{ with: { type: 'go' } }], until: { one: { with: { type: 'stop' } } } } },
          foreach: { item: 'event', do: [{ work: HTTP }] },
        },
      },
      async (run) => {
        for (const name of ['go', 'go', 'stop']) await send(name, { n: 1 })(run);
      },
    ),
    standard('emit-and-listen', {
      tell: { emit: { event: { with: { type: 'go', source: 'http://me.example', data: { n: 1 } } } } },
      hear: { listen: { to: { one: { with: { type: 'go' } } } } },
    }),
    standard('wait', { pause: { wait: { milliseconds: 50 } }, work: HTTP }),
    standard(
      'timed-out',
      { it: { do: [{ held: HTTP }], timeout: { after: { milliseconds: 200 } } } },
      (run) => run.elapse(600),
    ),
    standard('raise', {
      bad: {
        raise: { error: { type: 'https://example.com/e', status: 400, title: 'No', detail: '${ "x" }' } },
      },
    }),
    standard('input-that-does-not-fit', {
      work: { ...HTTP, input: { schema: { document: { type: 'string' } } } },
    }),
    standard('output-that-does-not-fit', {
      work: { set: { a: 1 }, output: { schema: { document: { type: 'string' } } } },
    }),
    standard('canceled', { one: { set: { a: 1 } }, held: HTTP, last: HTTP }, async (run) => {
      await run.begun('held');
      await run.cancel();
    }),
  ];
}

function standard(
  name: string,
  tasks: Readonly<Record<string, JsonObject>>,
  people?: Scenario['people'],
): Scenario {
  const definition = {
    document: { dsl: '1.0.3', namespace: 'test', name, version: '0.1.0' },
    do: Object.entries(tasks).map(([task, written]) => ({ [task]: written })),
  };
  return {
    name: `standard-${name}`,
    plan: planOfText(JSON.stringify(definition)),
    ...(people === undefined ? {} : { people }),
  };
}
