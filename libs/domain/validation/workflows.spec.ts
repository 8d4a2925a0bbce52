import { describe, expect, it } from '@jest/globals';
import { TEST_ACTIONS } from './testing/actions.js';
import { withSteps } from './testing/definitions.js';
import { readDefinition } from './validate.js';
import { checkWorkflowCalls, namedVersionsOf, namesOfCalls } from './workflows.js';

const { calls } = readDefinition(
  withSteps(
    'a: { workflow: { name: known } }',
    'b: { workflow: { name: known, version: 2 } }',
    'c: { workflow: { name: known, version: 3 } }',
    'd: { workflow: { name: missing } }',
    'e: { workflow: { name: x } }',
    'f: { workflow: { name: x, version: 2 } }',
    'g: { workflow: { name: known, version: stable } }',
    'h: { workflow: { name: known, version: 1.4.0 } }',
    'i: { workflow: { name: known, version: 1.5.0 } }',
    'j: { workflow: { name: x, version: latest } }',
    'k: { workflow: { name: missing, version: latest } }',
  ),
  TEST_ACTIONS,
);

describe('calls of workflows', () => {
  it('are named once each', () => {
    expect(namesOfCalls(calls)).toEqual(['known', 'missing', 'x']);
    expect(namedVersionsOf(calls)).toEqual(['stable', '1.4.0', '1.5.0', 'latest']);
  });

  it('are refused where the workflow or its version is not there; its own first version counts as there', () => {
    const findings = checkWorkflowCalls(calls, 'x', (name, version) =>
      name !== 'known' || version === '1.5.0' ? undefined : version === undefined ? 2 : 1,
    );
    expect(findings.map(({ code, line, path }) => [code, line, path])).toEqual([
      ['workflow-unknown', 8, 'stages.main.steps.c.workflow.version'],
      ['workflow-unknown', 9, 'stages.main.steps.d.workflow.name'],
      ['workflow-unknown', 11, 'stages.main.steps.f.workflow.version'],
      ['workflow-version-unpublished', 14, 'stages.main.steps.i.workflow.version'],
      ['workflow-version-unpublished', 15, 'stages.main.steps.j.workflow.version'],
      ['workflow-unknown', 16, 'stages.main.steps.k.workflow.name'],
    ]);
  });
});
