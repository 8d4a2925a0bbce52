import { readYaml } from '../reading/yaml-file.js';
import type { CiScript, CiSystem } from './ci-file.js';

export const circleci: CiSystem = {
  title: 'CircleCI',
  files: '`.circleci/config.yml`',
  pattern: /^\.circleci\/config\.ya?ml$/,
  takes: '`run` of each step, with its `working_directory`.',
  read(text) {
    const root = readYaml(text);
    if (root === undefined) return undefined;
    return {
      scripts: root.get('jobs').entries.flatMap(([job, body]) =>
        body.get('steps').items.flatMap((step): CiScript[] => {
          const run = step.get('run');
          const command = run.text === undefined ? run.get('command') : run;
          if (command.text === undefined) return [];
          const directory = run.get('working_directory').text;
          return [
            {
              job,
              text: command.text,
              line: command.textLine,
              ...(directory === undefined ? {} : { directory }),
            },
          ];
        }),
      ),
    };
  },
};
