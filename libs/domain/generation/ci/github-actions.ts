import { readYaml, type YamlValue } from '../reading/yaml-file.js';
import type { CiScript, CiSystem } from './ci-file.js';

export const githubActions: CiSystem = {
  title: 'GitHub Actions',
  files: '`.github/workflows/*.yml`',
  pattern: /^\.github\/workflows\/[^/]+\.ya?ml$/,
  takes: '`run` of each step, with its `working-directory`.',
  read(text) {
    const root = readYaml(text);
    if (root === undefined) return undefined;
    const outer = directoryOf(root);
    return {
      scripts: root.get('jobs').entries.flatMap(([job, body]) => {
        const inner = directoryOf(body) ?? outer;
        return body.get('steps').items.flatMap((step): CiScript[] => {
          const run = step.get('run');
          if (run.text === undefined) return [];
          const directory = step.get('working-directory').text ?? inner;
          return [
            { job, text: run.text, line: run.textLine, ...(directory === undefined ? {} : { directory }) },
          ];
        });
      }),
    };
  },
};

function directoryOf(value: YamlValue): string | undefined {
  return value.get('defaults').get('run').get('working-directory').text;
}
