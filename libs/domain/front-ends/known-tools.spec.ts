import { expect, it } from '@jest/globals';
import { parse } from '../definition/parse.js';
import { findKnownTool } from './known-tools.js';

it.each([
  ['id: a\nnamespace: x\ntasks: [{ id: t, type: io.kestra.Log }]', 'a Kestra flow'],
  ['pool: x\nsteps: [{ task: a@1 }]', 'an Azure Pipelines file'],
  ['trigger: [main]\njobs: [{ job: a }]', 'an Azure Pipelines file'],
  ['kind: pipeline\nsteps: [{ image: a }]', 'a Drone pipeline'],
  ['- { hosts: all, tasks: [] }', 'an Ansible playbook'],
  ['sluice: 1\nStartAt: a\nStates: {}', undefined],
  ['namespace: x\ntasks: [1, { type: [a] }]', undefined],
  ['trigger: [main]\nsteps: none', undefined],
  ['3', undefined],
  ['[]', undefined],
])('%j is of %s', (text, name) => {
  expect(findKnownTool(parse(text).tree!)?.name).toBe(name);
});
