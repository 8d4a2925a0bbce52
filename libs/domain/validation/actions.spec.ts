import { describe, expect, it } from '@jest/globals';
import { findingsOf, withSteps } from './testing/definitions.js';

describe('actions', () => {
  it.each([
    [
      'an unknown action',
      withSteps('a: { uses: nothing/at-all }'),
      ['action-unknown 6:18 stages.main.steps.a.uses'],
    ],
    [
      'a required key missing',
      withSteps('a: { uses: command/run, with: { parse: json } }'),
      ['action-input-invalid 6:31 stages.main.steps.a.with.run'],
    ],
    [
      'no `with` where a key is required',
      withSteps('a: { uses: command/run }'),
      ['action-input-invalid 6:12 stages.main.steps.a.with.run'],
    ],
    [
      'wrong values',
      withSteps(
        'a: { uses: command/run, with: { run: [1], outputLimit: x, parse: xml, environment: { a: 1 } } }',
      ),
      [
        'action-input-invalid 6:45 stages.main.steps.a.with.run[0]',
        'action-input-invalid 6:62 stages.main.steps.a.with.outputLimit',
        'action-input-invalid 6:72 stages.main.steps.a.with.parse',
        'action-input-invalid 6:92 stages.main.steps.a.with.environment.a',
        'action-input-invalid 6:95 stages.main.steps.a.with.environment.a',
      ],
    ],
    [
      'an unknown key',
      withSteps('a: { uses: note/add, with: { txt: a } }'),
      ['action-input-invalid 6:36 stages.main.steps.a.with.txt'],
    ],
    [
      'none of the alternatives, once',
      withSteps('a: { uses: command/run, with: { run: [x], checkout: 5 } }'),
      ['action-input-invalid 6:59 stages.main.steps.a.with.checkout'],
    ],
    [
      '`with` that is no map',
      withSteps('a: { uses: note/add, with: [] }'),
      ['type-mismatch 6:34 stages.main.steps.a.with'],
    ],
  ])('refuses %s', (_, text, findings) => {
    expect(findingsOf(text)).toEqual(findings);
  });

  it.each([
    ['run: "${{ inputs }}"'],
    ['run: [x], outputLimit: "${{ 1 + 1 }}"'],
    ['run: [x], parse: "${{ \'json\' }}"'],
    ['run: [x], parse: "${{ \'js\' }}on"'],
    ['run: ["${{ run.id }}"]'],
    ['run: [x], checkout: { url: "${{ run.id }}" }'],
    ['run: [x], checkout: "${{ run }}"'],
  ])('leaves templates for the run: { %s }', (input) => {
    expect(findingsOf(withSteps(`a: { uses: command/run, with: { ${input} } }`))).toEqual([]);
  });
});
