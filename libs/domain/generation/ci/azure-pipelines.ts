import { readYaml, type YamlValue } from '../reading/yaml-file.js';
import type { CiScript, CiSystem } from './ci-file.js';

export const azurePipelines: CiSystem = {
  title: 'Azure Pipelines',
  files: '`azure-pipelines.yml`',
  pattern: /^(\.azure\/)?azure-pipelines\.ya?ml$/,
  takes: '`script` and `bash` of each step, with its `workingDirectory`.',
  read(text) {
    const root = readYaml(text);
    if (root === undefined) return undefined;
    const stages = root.get('stages').items;
    const jobs = [root, ...stages].flatMap((each) => each.get('jobs').items);
    return { scripts: [root, ...jobs].flatMap((each) => scriptsOf(each)) };
  },
};

function scriptsOf(job: YamlValue): readonly CiScript[] {
  const name = job.get('job').text ?? 'steps';
  return job.get('steps').items.flatMap((step): CiScript[] => {
    const script = ['script', 'bash'].map((key) => step.get(key)).find(({ text }) => text !== undefined);
    if (script?.text === undefined) return [];
    const directory = step.get('workingDirectory').text;
    return [
      {
        job: name,
        text: script.text,
        line: script.textLine,
        ...(directory === undefined ? {} : { directory }),
      },
    ];
  });
}
