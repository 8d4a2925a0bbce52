import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ROOT, readComposeFile } from './compose-file.js';

interface Instruction {
  readonly keyword: string;
  readonly rest: string;
}

interface Stage {
  readonly name: string;
  readonly from: string;
  readonly instructions: readonly Instruction[];
}

const stages = readStages(readFileSync(resolve(ROOT, 'Dockerfile'), 'utf8'));
const ignored = readFileSync(resolve(ROOT, '.dockerignore'), 'utf8').split('\n');

/** By FROM … AS; comments and continued lines are dealt with as a builder does. */
function readStages(text: string): Stage[] {
  const lines = text
    .replace(/^\s*#.*\n/gm, '')
    .replace(/\\\n/g, ' ')
    .split('\n');
  const stages: { name: string; from: string; instructions: Instruction[] }[] = [];
  for (const line of lines.filter((each) => each.trim() !== '')) {
    const [, keyword = '', rest = ''] = /^([A-Z]+)\s+(.*)$/.exec(line.trim()) ?? [];
    if (keyword === 'FROM') {
      const [from = '', , name = ''] = rest.split(/\s+/);
      stages.push({ name, from, instructions: [] });
    } else {
      stages.at(-1)!.instructions.push({ keyword, rest });
    }
  }
  return stages;
}

function stageOf(name: string): Stage {
  return stages.find((stage) => stage.name === name)!;
}

/** The last one counts; what a stage does not say, the one that it stands on does. */
function lastOf(stage: Stage, keyword: string): string | undefined {
  const own = stage.instructions.findLast((instruction) => instruction.keyword === keyword)?.rest;
  const below = stages.find(({ name }) => name === stage.from);
  return own ?? (below === undefined ? undefined : lastOf(below, keyword));
}

function commandOf(stage: Stage, keyword: 'CMD' | 'HEALTHCHECK'): string[] {
  return JSON.parse(/\[.*\]$/.exec(lastOf(stage, keyword) ?? '')?.[0] ?? '[]');
}

const built = Object.values(readComposeFile().services).flatMap(({ build }) => (build ? [build.target] : []));

describe('Dockerfile', () => {
  it('stands on images of a pinned version', () => {
    const names = stages.map(({ name }) => name);
    const bases = stages.map(({ from }) => from).filter((from) => !names.includes(from));
    expect(bases.length).toBeGreaterThan(0);
    for (const base of bases) expect(base).toMatch(/^node:24\.\d+\.\d+-[a-z]+-slim$/);
  });

  it('builds the stages that docker-compose.yml uses', () => {
    expect([...new Set(built)].sort()).toEqual(['command', 'runtime']);
    expect(stages.map(({ name }) => name)).toEqual(['build', 'runtime', 'command']);
  });

  it.each(['runtime', 'command'])('%s: is no root, and says how it is', (name) => {
    expect(lastOf(stageOf(name), 'USER')).toBe('node');
    expect(commandOf(stageOf(name), 'HEALTHCHECK').length).toBeGreaterThan(1);
  });

  it.each(['runtime', 'command'])('%s: starts a program that exists', (name) => {
    const [node, program] = commandOf(stageOf(name), 'CMD');
    expect(node).toBe('node');
    const source = program?.replace(/^dist\//, '').replace(/\.js$/, '.ts') ?? '';
    expect([source, existsSync(resolve(ROOT, source))]).toEqual([source, true]);
  });

  it('gives git to the pool that runs commands, and to no other', () => {
    const installs = (name: string) => stageOf(name).instructions.some(({ rest }) => /\bgit\b/.test(rest));
    expect(['runtime', 'command'].map(installs)).toEqual([false, true]);
  });

  it('copies what exists and reaches the builder', () => {
    const copies = stages.flatMap(({ instructions }) =>
      instructions.filter(({ keyword, rest }) => keyword === 'COPY' && !rest.startsWith('--from')),
    );
    const sources = copies.flatMap(({ rest }) => rest.split(/\s+/).slice(0, -1));
    for (const source of sources) {
      expect([source, existsSync(resolve(ROOT, source))]).toEqual([source, true]);
      expect(ignored).toContain(`!${source}`);
    }
    const allowed = ignored.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    expect(allowed.sort()).toEqual([...new Set(sources)].sort());
  });

  it('watches its programs as docker-compose.yml does', () => {
    const { services } = readComposeFile();
    expect(commandOf(stageOf('runtime'), 'HEALTHCHECK')).toEqual(services['api']?.healthcheck?.test.slice(1));
    expect(commandOf(stageOf('command'), 'HEALTHCHECK')).toEqual(
      services['worker-command']?.healthcheck?.test.slice(1),
    );
  });
});
