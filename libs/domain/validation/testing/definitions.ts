import { expect } from '@jest/globals';
import { readDefinition } from '../validate.js';
import { TEST_ACTIONS } from './actions.js';

/** A definition with these steps, from line 6, each line indented by six. */
export function withSteps(...lines: string[]): string {
  return `sluice: 1\nname: x\nstages:\n  main:\n    steps:\n${lines.map((line) => `      ${line}\n`).join('')}`;
}

/** A definition with these inputs, from line 3, each line indented by two. */
export function withInputs(...lines: string[]): string {
  return `sluice: 1\nname: x\ninputs:\n${lines.map((line) => `  ${line}\n`).join('')}stages: { s: { steps: { a: { wait: 1s } } } }\n`;
}

/** `code line:column path` of each finding. */
export function findingsOf(text: string): string[] {
  const { definition, findings } = readDefinition(text, TEST_ACTIONS);
  expect(definition === undefined).toBe(findings.length > 0);
  return findings.map(({ code, line, column, path }) => `${code} ${line}:${column} ${path}`.trimEnd());
}

/** The hint of the only finding. */
export function hintOf(text: string): string {
  const { findings } = readDefinition(text, TEST_ACTIONS);
  expect(findings).toHaveLength(1);
  return findings[0]!.hint;
}

/** As `findingsOf`, without line and column, and with the path from the steps on. */
export function problemsOf(...steps: string[]): string[] {
  return findingsOf(withSteps(...steps)).map((finding) => {
    const [code, , path = ''] = finding.split(' ');
    return `${code} ${path.replace('stages.main.steps.', '')}`;
  });
}
