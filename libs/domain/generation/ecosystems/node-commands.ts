import type { Task } from '../project.js';

const INSTALL = /^(npm (ci|i|install)|pnpm (i|install)|yarn|yarn install|bun install)( --?[\w-]+(=\S+)?)*$/;

/** By the name of a script or of a program. */
const NAMES: readonly (readonly [RegExp, Task])[] = [
  [/^(typecheck|type-check|check-types|check:types|types|tsc)$/, 'typecheck'],
  [/^(format|fmt|prettier|check:format)(:|$)/, 'format'],
  [/^(lint|eslint|biome|oxlint|stylelint)(:|$)/, 'lint'],
  [/^(test|t|jest|vitest|mocha|ava)(:|$)/, 'test'],
  [/^(build|compile)(:|$)/, 'build'],
  [/^(check|validate|verify|ci)(:|$)/, 'check'],
];

/** `npm ci`, `pnpm run lint`, `npx tsc --noEmit`, `node --test` … */
export function classifyNode(words: readonly string[]): Task | undefined {
  if (INSTALL.test(words.join(' '))) return 'install';
  const [program, ...rest] = words;
  if (program === 'node') return rest.includes('--test') ? 'test' : undefined;
  if (program === undefined || !/^(npm|pnpm|yarn|bun|npx)$/.test(program)) return undefined;
  const [first, second] = rest.filter(
    (word) => !/^(--(silent|workspaces|if-present|no-install|yes|recursive)|-[rsy])$/.test(word),
  );
  const name = /^(run|run-script|exec)$/.test(first ?? '') ? second : first;
  return NAMES.find(([pattern]) => pattern.test(name ?? ''))?.[1];
}
