import type { ChangeFactors } from '#contracts/judgement/risk.js';
import type { LabelledChange, Project } from '../dataset/labelled-change.js';
import { toProbability } from '../learning/log-odds.js';
import { createRandom, type Random } from '../learning/random.js';
import { type ModelRecipe, RECIPE, type Recipe } from '../model/recipe.js';

/** Small and quick, for tests. */
export const SMALL_RECIPE: Recipe = { own: shrink(RECIPE.own), shared: shrink(RECIPE.shared) };

function shrink(recipe: ModelRecipe): ModelRecipe {
  return {
    ...recipe,
    boosting: { ...recipe.boosting, bags: 2, chanceBags: 1, rounds: 20, rowsPerLeaf: 10 },
    forest: { ...recipe.forest, trees: Math.min(recipe.forest.trees, 10), leaves: 16 },
  };
}

export const START = 1_500_000_000;

export function makeChange(factors: Partial<ChangeFactors> = {}): ChangeFactors {
  return {
    commit: 'c0ffee',
    at: START,
    author: 'ann',
    ns: 1,
    nd: 1,
    nf: 1,
    entropy: 0,
    la: 10,
    ld: 2,
    lt: 300,
    fix: 0,
    ndev: 3,
    age: 12,
    nuc: 9,
    exp: 100,
    rexp: 20,
    sexp: 40,
    more: {},
    ...factors,
  };
}

/** Changes of which those that add many lines, and those of little experience, bring in defects more often. */
export function makeProject(
  name: string,
  count: number,
  seed: number,
  trend: (change: ChangeFactors) => number = (change) =>
    0.8 * (Math.log1p(change.la) - 3) + 0.4 * (4 - Math.log1p(change.exp)),
): Project {
  const random = createRandom(seed);
  const changes = Array.from({ length: count }, (_, at): LabelledChange => {
    const factors = drawChange(at, random);
    return { factors, label: random() < toProbability(trend(factors)) ? 1 : 0 };
  });
  return { name, changes, notes: [] };
}

function drawChange(at: number, random: Random): ChangeFactors {
  const draw = (most: number) => Math.floor(Math.exp(random() * Math.log1p(most)));
  const nf = draw(12);
  const exp = draw(5_000);
  return makeChange({
    commit: `c${at}`,
    at: START + at * 3_600,
    nf,
    nd: Math.min(nf, draw(6)),
    entropy: nf > 1 ? random() * Math.log2(nf) : 0,
    la: draw(400),
    ld: draw(200),
    lt: draw(9_000),
    fix: random() < 0.4 ? 1 : 0,
    ndev: draw(30),
    age: draw(900),
    nuc: draw(500),
    exp,
    rexp: exp * random() * 0.2,
    sexp: Math.floor(exp * random()),
  });
}

/** As the published tables with raw numbers have it. */
export function writeRawTable({ changes }: Project): string {
  const head = ',_id,date,bug,__,ns,nd,nf,entrophy,la,ld,lt,fix,ndev,age,nuc,exp,rexp,sexp';
  const lines = changes.map(({ factors: f, label }, at) =>
    [
      at,
      f.commit,
      f.at,
      label,
      label,
      f.ns,
      f.nd,
      f.nf,
      f.entropy,
      f.la,
      f.ld,
      f.lt,
      f.fix,
      f.ndev,
      f.age,
      f.nuc,
      f.exp,
      f.rexp,
      f.sexp,
    ].join(','),
  );
  return [head, ...lines, ''].join('\n');
}
