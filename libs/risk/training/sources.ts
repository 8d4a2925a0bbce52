/** Where published tables come from, by the beginning of their names: a model that learnt from them names them. */
const SOURCES: readonly (readonly [prefix: string, source: string])[] = [
  [
    'issta21-',
    'Zeng, Zhang, Zhang, Zhang: Deep just-in-time defect prediction: how far are we? ISSTA 2021; github.com/ZZR0/ISSTA21-JIT-DP, MIT, (c) 2021 the authors',
  ],
  [
    'kamei-',
    'Kamei et al.: A large-scale empirical study of just-in-time quality assurance, IEEE TSE 39(6), 2013; copied in github.com/WeiFoo/RevisitUnsupervised, MIT, (c) 2017 Wei Fu',
  ],
];

export function findSources(projects: readonly string[]): string[] {
  return SOURCES.filter(([prefix]) => projects.some((name) => name.startsWith(prefix))).map(
    ([, source]) => source,
  );
}
