import { expect } from '@jest/globals';
import type { RunView, StepView } from '#contracts/rest/runs.js';
import { isJsonObject, type Json } from '#domain/json.js';
import type { Claim } from './feature.js';

interface Ran {
  readonly run: RunView;
  readonly steps: readonly StepView[];
  /** Keys of what ran, by when it was over: of steps one after the other, the order in which they ran. */
  readonly order: readonly string[];
}

type Check = (ran: Ran, words: RegExpExecArray, value: Json | undefined) => void;

const CHECKS: readonly (readonly [RegExp, Check])[] = [
  [
    /^the workflow should complete$/,
    ({ run }) => expect([run.status, run.error]).toEqual(['succeeded', undefined]),
  ],
  [
    /^the workflow should complete with output$/,
    ({ run }, _, value) => expect([run.status, run.output]).toEqual(['succeeded', value]),
  ],
  [/^the workflow should fault$/, ({ run }) => expect(run.status).toBe('failed')],
  [
    /^the workflow should fault with error$/,
    ({ run }, _, value) => {
      expect(run.status).toBe('failed');
      expect(run.error?.problem).toEqual(value);
    },
  ],
  [/^the workflow should be cancelled$/, ({ run }) => expect(run.status).toBe('canceled')],
  [
    /^the workflow output should have properties (.+)$/,
    ({ run }, [, names = '']) => {
      const paths = [...names.matchAll(/'([^']+)'/g)].map(([, path]) => path!);
      expect(paths.filter((path) => find(run.output, path) === undefined)).toEqual([]);
    },
  ],
  [
    /^the workflow output should have a '([^']+)' property with value$/,
    ({ run }, [, path = ''], value) => expect(find(run.output, path)).toEqual(value),
  ],
  [
    /^the workflow output should have a '([^']+)' property containing (\d+) items$/,
    ({ run }, [, path = '', count]) => expect(find(run.output, path)).toHaveLength(Number(count)),
  ],
  [/^(\S+) should run first$/, ({ order }, [, name]) => expect(order[0]).toBe(name)],
  [/^(\S+) should run last$/, ({ order }, [, name]) => expect(order.at(-1)).toBe(name)],
  [
    /^(\S+) should run (before|after) (\S+)$/,
    ({ order }, [, name = '', word, other = '']) => {
      const places = [order.indexOf(name), order.indexOf(other)];
      expect(places).not.toContain(-1);
      expect(places[0]! < places[1]!).toBe(word === 'before');
    },
  ],
  [/^(\S+) should complete$/, ({ steps }, [, name]) => expect(statusOf(steps, name!)).toBe('succeeded')],
  [/^(\S+) should fault$/, ({ steps }, [, name]) => expect(statusOf(steps, name!)).toBe('failed')],
  [/^(\S+) should be cancelled$/, ({ steps }, [, name]) => expect(statusOf(steps, name!)).toBe('canceled')],
];

/** Fails where it does not hold, and where the kit claims what this reader does not know. */
export function checkClaim({ text, value }: Claim, ran: Ran): void {
  const found = CHECKS.find(([pattern]) => pattern.test(text));
  if (found === undefined) throw new Error(`unknown claim: ${text}`);
  found[1](ran, found[0].exec(text)!, value);
}

function find(value: Json | undefined | null, path: string): Json | undefined {
  return path
    .split('.')
    .reduce<Json | undefined>(
      (at, key) => (isJsonObject(at) && Object.hasOwn(at, key) ? at[key] : undefined),
      value ?? undefined,
    );
}

function statusOf(steps: readonly StepView[], name: string): string | undefined {
  return steps.find(({ id }) => id === name)?.status;
}
