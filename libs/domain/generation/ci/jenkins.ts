import { lineAt } from '../repository.js';
import type { CiScript, CiSystem } from './ci-file.js';

/** Groovy is a programming language: only what is written as people write pipelines is understood. */
const SIGN =
  /\bstage\s*\(\s*(['"])([^'"\n]{1,100})\1|\bdir\s*\(\s*(['"])([^'"\n]{1,200})\3\s*\)\s*\{|\bsh\s*\(?\s*(?:script:\s*)?(?:'''([\s\S]{0,20000}?)'''|"""([\s\S]{0,20000}?)"""|'([^'\n]{0,2000})'|"([^"\n]{0,2000})")/g;

export const jenkins: CiSystem = {
  title: 'Jenkins',
  files: '`Jenkinsfile`',
  pattern: /^Jenkinsfile$/,
  takes: '`sh` with a text of its own, in its `dir`.',
  read(text) {
    const scripts: CiScript[] = [];
    const folders: { readonly path: string; readonly end: number }[] = [];
    let job = 'pipeline';
    for (const found of text.matchAll(SIGN)) {
      const [whole, , stage, , folder, ...texts] = found;
      const at = found.index;
      while (folders.length > 0 && folders.at(-1)!.end < at) folders.pop();
      if (stage !== undefined) job = stage;
      else if (folder !== undefined) {
        folders.push({
          path: [...folders.map(({ path }) => path).slice(-1), folder].join('/'),
          end: endOfBlock(text, at + whole.length),
        });
      } else {
        const script = texts.find((each) => each !== undefined) ?? '';
        const directory = folders.at(-1)?.path;
        scripts.push({
          job,
          text: script,
          line: lineAt(text, at + whole.indexOf(script)),
          ...(directory === undefined ? {} : { directory }),
        });
      }
    }
    return { scripts };
  },
};

/** Where the brace closes that was opened before; braces in texts are taken as paired. */
function endOfBlock(text: string, from: number): number {
  let depth = 1;
  for (let at = from; at < text.length; at++) {
    if (text[at] === '{') depth++;
    else if (text[at] === '}' && --depth === 0) return at;
  }
  return text.length;
}
