import { describe, expect, it } from '@jest/globals';
import { TEST_ACTIONS } from './testing/actions.js';
import { withSteps } from './testing/definitions.js';
import { readDefinition } from './validate.js';
import { checkWorkflowCalls, namesOfCalls } from './workflows.js';

const { calls } = readDefinition(
  withSteps(
    'a: { workflow: { name: known } }',
    'b: { workflow: { name: known, version: 2 } }',
    'c: { workflow: { name: known, version: 3 } }',
    'd: { workflow: { name: missing } }',
    'e: { workflow: { name: x } }',
    'f: { workflow: { name: x, version: 2 } }',
  ),
  TEST_ACTIONS,
);

describe('calls of workflows', () => {
  it('are named once each', () => {
    expect(namesOfCalls(calls)).toEqual(['known', 'missing', 'x']);
  });

  it('are refused where the workflow or its version is not there; its own first version counts as there', () => {
    const findings = checkWorkflowCalls(calls, 'x', (name) => (name === 'known' ? 2 : undefined));
    expect(findings.map(({ code, line, path }) => [code, line, path])).toEqual([
      ['workflow-unknown', 8, 'stages.main.steps.c.workflow.version'],
      ['workflow-unknown', 9, 'stages.main.steps.d.workflow.name'],
      ['workflow-unknown', 11, 'stages.main.steps.f.workflow.version'],
    ]);
  });
});
