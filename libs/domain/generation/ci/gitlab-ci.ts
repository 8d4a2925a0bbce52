import { readYaml, type YamlValue } from '../reading/yaml-file.js';
import type { CiScript, CiSystem } from './ci-file.js';

/** Keys of the outermost map that are no jobs. */
const NO_JOBS = [
  'default',
  'include',
  'stages',
  'variables',
  'workflow',
  'image',
  'services',
  'cache',
  'before_script',
  'after_script',
  'spec',
];

export const gitlabCi: CiSystem = {
  title: 'GitLab CI',
  files: '`.gitlab-ci.yml`',
  pattern: /^\.gitlab-ci\.ya?ml$/,
  takes: '`before_script` and `script` of each job.',
  read(text) {
    const root = readYaml(text);
    if (root === undefined) return undefined;
    const before = [root.get('before_script'), root.get('default').get('before_script')];
    const jobs = root.entries.filter(([name]) => !NO_JOBS.includes(name) && !name.startsWith('.'));
    return {
      scripts: jobs.flatMap(([job, body]) => {
        const own = scriptsOf(job, body.get('before_script'));
        const first = own.length > 0 ? own : before.flatMap((each) => scriptsOf(job, each));
        const script = scriptsOf(job, body.get('script'));
        return script.length === 0 ? [] : inOneFolder([...first, ...script]);
      }),
    };
  },
};

function scriptsOf(job: string, value: YamlValue): readonly CiScript[] {
  const parts = value.text === undefined ? value.items : [value];
  return parts.flatMap((part) =>
    part.text === undefined ? [] : [{ job, text: part.text, line: part.textLine }],
  );
}

/** One shell runs them all: `cd` of one line holds for the next. */
function inOneFolder(scripts: readonly CiScript[]): readonly CiScript[] {
  let directory: string | undefined;
  return scripts.map((script) => {
    const here = directory;
    const moved = /^\s*cd\s+([\w./-]+)\s*$/m.exec(script.text)?.[1];
    if (moved !== undefined) directory = moved;
    return { ...script, ...(here === undefined ? {} : { directory: here }) };
  });
}
