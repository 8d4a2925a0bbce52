import { parse } from 'yaml';
import type { Json, JsonObject } from '#domain/json.js';

/** A scenario of the conformance kit: what is run, and what must come of it. */
export interface Scenario {
  readonly feature: string;
  readonly name: string;
  readonly definition: string;
  readonly input: JsonObject;
  readonly claims: readonly Claim[];
}

export interface Claim {
  /** Without its keyword: `the workflow should complete`. */
  readonly text: string;
  /** The block below it, read as YAML. */
  readonly value: Json | undefined;
}

interface Step extends Claim {
  readonly block: string | undefined;
}

/** Scenarios of a `.feature` file: as much of Gherkin as the kit is written in. */
export function readFeature(text: string): Scenario[] {
  const lines = text.split(/\r?\n/);
  const feature = /^Feature: (.+)$/.exec(lines.find((line) => line.startsWith('Feature:')) ?? '')?.[1] ?? '';
  const starts = lines.flatMap((line, at) => (/^\s*Scenario:/.test(line) ? [at] : []));
  return starts.map((start, number) => {
    const name = lines[start]!.replace(/^\s*Scenario:\s*/, '').trim();
    return toScenario(feature, name, readSteps(lines.slice(start + 1, starts[number + 1])));
  });
}

function readSteps(lines: readonly string[]): Step[] {
  const steps: Step[] = [];
  for (let at = 0; at < lines.length; at++) {
    const found = /^\s*(?:Given|When|Then|And|But)\s+(.+?):?\s*$/.exec(lines[at]!);
    if (found === null) continue;
    const opens = /^(\s*)"""\w*\s*$/.exec(lines[at + 1] ?? '');
    if (opens === null) {
      steps.push({ text: found[1]!, block: undefined, value: undefined });
      continue;
    }
    const end = lines.findIndex((line, place) => place > at + 1 && /^\s*"""/.test(line));
    const block = lines
      .slice(at + 2, end)
      .map((line) => line.slice(Math.min(opens[1]!.length, line.length - line.trimStart().length)))
      .join('\n');
    steps.push({ text: found[1]!, block, value: parse(block) as Json });
    at = end;
  }
  return steps;
}

function toScenario(feature: string, name: string, steps: readonly Step[]): Scenario {
  const [first, ...rest] = steps;
  const run = rest.findIndex(({ text }) => text === 'the workflow is executed');
  if (first?.text !== 'a workflow with definition' || run === -1)
    throw new Error(`scenario ${name} has another form`);
  const input = rest.slice(0, run).find(({ text }) => text === 'given the workflow input is');
  return {
    feature,
    name,
    definition: first.block!,
    input: (input?.value ?? {}) as JsonObject,
    claims: rest.slice(run + 1),
  };
}
