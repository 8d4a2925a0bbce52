import { describe, expect, it } from '@jest/globals';
import { detectPipelines } from '../detect.js';

const MAIN = 'Jenkinsfile';

const detect = (text: string) => detectPipelines({ files: [MAIN], texts: new Map([[MAIN, text]]) });

const readFirst = (text: string) => detect(text).pipelines[0]!;

const jobsOf = (text: string) =>
  readFirst(text).jobs.map(({ id, needs }) => (needs.length === 0 ? id : `${id} after ${needs.join(' ')}`));

const commandsOf = (text: string) =>
  readFirst(text).jobs.flatMap(({ steps }) => steps.flatMap(({ command }) => command?.text ?? []));

const notesOf = (text: string) => detect(text).unread.map(({ code, place: { line } }) => `${code}:${line}`);

describe('what a Jenkinsfile says of the whole', () => {
  const within = (text: string) =>
    `pipeline { agent any\n${text}\nstages { stage('a') { steps { sh 'make' } } } }`;

  it.each([
    ["cron('H 3 * * *')", 'schedule H 3 * * *'],
    ["pollSCM('H/5 * * * *')", 'push pollSCM H/5 * * * *'],
    ['githubPush()', 'push githubPush'],
    ["upstream(upstreamProjects: 'a')", 'call upstream'],
    ["webhook('a')", 'event webhook'],
  ])('is started by %s', (trigger, expected) => {
    const shown = readFirst(within(`triggers { ${trigger} }`)).triggers.map(({ kind, event, cron }) =>
      [kind, event, cron].filter((each) => each !== undefined).join(' '),
    );
    expect(shown).toEqual([expected]);
  });

  it('uses its libraries', () => {
    const text = `@Library(['one@v1', "\${name}"]) _\nlibrary 'two@main'\n${within("libraries { lib('three@1.0')\n other('four') }")}`;
    expect(readFirst(text).uses.map(({ name, pinning }) => `${name} ${pinning}`)).toEqual([
      ...['one version', 'two branch', 'three version'],
    ]);
  });

  it('is started by what a script sets, whichever way it adds it up', () => {
    const text = "properties([pipelineTriggers([] + cron('@daily')), 'no call'])\nnode { sh 'make' }";
    expect(readFirst(text).triggers.map(({ kind, cron }) => `${kind} ${cron}`)).toEqual(['schedule @daily']);
  });

  it('takes parameters of the kinds that are known', () => {
    const text = within(
      "parameters { string(name: 'a', defaultValue: 'x')\n choice(name: 'b', choices: 'eu\\nus\\n')\n toString(name: 'c')\n password(name: 'd', defaultValue: 'secret') }",
    );
    expect(readFirst(text).inputs.map(({ place: _, ...rest }) => rest)).toEqual([
      { name: 'a', type: 'text', required: false, default: 'x' },
      { name: 'b', type: 'choice', required: false, default: 'eu', choices: ['eu', 'us'] },
      { name: 'd', type: 'text', required: false },
    ]);
  });
});

describe('stages of a Jenkinsfile', () => {
  it('within a stage of a script are jobs one after the other', () => {
    const text = "node { stage('outer') { stage('a') { sh 'a' }\n stage('b') { sh 'b' } } }";
    expect(jobsOf(text)).toEqual(['a', 'b after a']);
    expect(readFirst(text).jobs.map(({ stage }) => stage)).toEqual(['outer', 'outer']);
  });

  it('are told apart, whatever they are called', () => {
    const text = ['a', 'a', 'a (2)', 'a'].map((name) => `stage('${name}') { sh 'x' }\n`).join('');
    expect(jobsOf(text)).toEqual(['a', 'a (2) after a', 'a (2) (2) after a (2)', 'a (3) after a (2) (2)']);
    expect(notesOf(text)).toEqual([]);
  });

  it.each([
    ['written in place', "parallel a: { sh 'a' }, b: { sh 'b' }", ['a', 'b']],
    ['put into a name', "def all = [a: { sh 'a' }, b: { sh 'b' }]\nparallel all", ['a', 'b']],
    [
      'put into a map one by one',
      "def all = [:]\nall['a'] = { sh 'a' }\nall['b'] = { sh 'b' }\nparallel all",
      ['a', 'b'],
    ],
    ['which stand still together', "parallel a: { sh 'a' }, failFast: true", ['a']],
    ['of the same name', "parallel a: { sh 'a' }\nparallel a: { sh 'b' }", ['a', 'a (2) after a']],
  ])('are branches %s', (_, text, expected) => {
    expect(jobsOf(text)).toEqual(expected);
    expect(notesOf(text)).toEqual([]);
  });

  it.each([
    ['closures in maps in names', "def all = [a: { stage('x') { sh 'x' } }]\nall.a()\nsh 'make'", ['make']],
    ['imports above', "import groovy.json.JsonSlurper\nimport a.b.C\nsh 'make'", ['make']],
    ['a call upon what a block comes to', "dir('web') { sh 'make' }.trim()", ['make']],
    ['a line that goes on', "sh \\\n  'make'", ['make']],
    ['a call with a block behind a comma', "withCredentials [string(a: 'b')], { sh 'make' }", ['make']],
    ['a list as an argument', "archive [includes: 'a']\nsh 'make'", ['make']],
    ['a call with two texts and a block', "withEnv 'A=b', 'C=d', { sh 'make' }", ['make']],
    ['a text between dollars', 'sh $/make "all"/$\nsh $/make ${target}/$', ['make "all"', 'make ${target}']],
    [
      'blocks in maps that are handed over',
      "retry(count: 2) { sh(script: 'make', returnStatus: true) }",
      ['make'],
    ],
  ])('hold the commands behind %s', (_, text, expected) => {
    expect(commandsOf(`stage('s') {\n${text}\n}`)).toEqual(expected);
  });

  it('call the first job that they build, even one whose name is computed', () => {
    const calls = (text: string) => readFirst(`stage('s') { ${text} }`).jobs.map((job) => job.calls?.name);
    expect(calls("build job: 'deploy'\nbuild 'other'")).toEqual(['deploy']);
    expect(calls('build(job: find())')).toEqual(['…']);
  });

  it('have the limit of time that is said, where its unit is known', () => {
    const limit = (unit: string) =>
      readFirst(`stage('a') { timeout(time: 2, unit: '${unit}') { sh 'a' } }`).jobs[0]?.timeLimit?.minutes;
    expect([limit('HOURS'), limit('constructor')]).toEqual([120, undefined]);
  });
});

describe('what was not read of a Jenkinsfile', () => {
  it.each([
    [
      'a stranger among the stages',
      "pipeline { agent any\nstages {\nstep('a')\nstage('b') { steps { sh 'b' } } } }",
      ['key-unknown:3'],
    ],
    ['a stage whose name is computed', "node {\nstage(names[0]) { sh 'a' } }", ['made-at-run-time:2']],
    ['a branch that is computed', "parallel a: { sh 'a' },\n b: makeBranch()", ['made-at-run-time:2']],
    [
      'branches whose names are computed',
      "def all = [:]\nall[name] = { sh 'a' }\nparallel all",
      ['made-at-run-time:2'],
    ],
    ['a dollar text that never ends', 'node {\nsh $/make }', ['syntax-wrong:2']],
  ])('%s', (_, text, expected) => {
    expect(notesOf(text)).toEqual(expected);
  });

  it.each([
    [
      'declared',
      (stages: string) => `pipeline { agent any\nstages {\n${stages} } }`,
      (n: number) => `stage('s${n}') { steps { sh 'a' } }\n`,
    ],
    ['scripted', (stages: string) => `node {\n\n${stages} }`, (n: number) => `stage('s${n}') { sh 'a' }\n`],
  ])('are the jobs beyond the limit, told once: %s', (_, around, stage) => {
    const text = around(Array.from({ length: 2_010 }, (__, n) => stage(n)).join(''));
    expect(readFirst(text).jobs).toHaveLength(2_000);
    expect(notesOf(text)).toEqual(['jobs-too-many:2003']);
  });
});
