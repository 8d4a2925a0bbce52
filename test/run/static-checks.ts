/** Checks of the sources as they lie there; each counts as one test. */
export const STATIC_CHECKS: readonly { readonly name: string; readonly args: readonly string[] }[] = [
  {
    name: 'format and lint',
    args: ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '--max-diagnostics=50'],
  },
  {
    name: 'boundaries',
    args: [
      'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs',
      ...['--config', '.dependency-cruiser.mjs'],
      ...['apps', 'libs', 'temporal', 'test', 'bench', 'scripts', 'examples'],
    ],
  },
  { name: 'dead code', args: ['node_modules/knip/bin/knip.js', '--no-progress'] },
  {
    name: 'types',
    args: [
      'node_modules/typescript/bin/tsc',
      '--noEmit',
      '--customConditions',
      'source',
      '--pretty',
      'false',
    ],
  },
];
