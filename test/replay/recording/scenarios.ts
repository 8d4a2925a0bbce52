import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { findProjectRoot } from '../../../libs/host/project-root.js';
import { actionScenarios } from './action-scenarios.js';
import { planOfText } from './definitions.js';
import { generatedScenario } from './generated-scenarios.js';
import { kindScenarios } from './kind-scenarios.js';
import { peopleScenarios } from './people-scenarios.js';
import { runScenarios } from './run-scenarios.js';
import type { Scenario } from './scenario.js';
import { standardScenarios } from './standard-scenarios.js';

/** Definitions made by chance, by their seeds from 1. */
const GENERATED = 160;

/** All that is recorded, in the order in which it is preferred where two show the same. */
export function listScenarios(): Scenario[] {
  return [
    ...exampleScenarios(),
    ...actionScenarios(),
    ...peopleScenarios(),
    ...runScenarios(),
    ...standardScenarios(),
    ...kindScenarios(),
    ...Array.from({ length: GENERATED }, (_, n) => generatedScenario(n + 1)),
  ];
}

/** The definitions of `examples`. */
function exampleScenarios(): Scenario[] {
  const root = join(findProjectRoot(), 'examples');
  const names = globSync('*.yaml', { cwd: root }).filter((name) => !name.endsWith('.test.yaml'));
  const plans = new Map(
    names.sort().map((name) => [basename(name, '.yaml'), planOfText(readFileSync(join(root, name), 'utf8'))]),
  );
  return [...plans].map(([name, plan]) => ({
    name: `example-${name}`,
    plan,
    children: Object.fromEntries(plans),
    input: { inputs: INPUTS },
  }));
}

/** Values of the inputs of all examples, as their defaults are. */
const INPUTS = {
  ...{ name: 'Ada', service: 'shop', version: '2.0', regions: ['eu-west', 'us-east'], region: 'eu-west' },
  ...{ sick: '', migration: 'broken', canary: 'eu-north', announce: 'serving', items: 3, count: 3 },
};
