import type { RiskEnvironment } from '#contracts/judgement/risk.js';
import type { Advice } from './present.js';
import { countWords, type Finding } from './rule.js';
import { CANARY, STATE_FACTORS } from './rules.js';

/** What helps by the rules alone, of how things are where the change goes. */
export function adviseByRules(
  rules: ReadonlyMap<string, Finding>,
  environment: RiskEnvironment = {},
): Advice[] {
  const { canary = false, commitsTogether = 1 } = environment;
  const states = STATE_FACTORS.filter((factor) => rules.has(factor));
  const advice: (Advice | false)[] = [
    !canary && {
      kind: 'canary',
      basis: 'rule',
      words: 'Show it to few first (a canary), and go on when nothing is wrong.',
      logOdds: CANARY,
    },
    rules.has('commits-together') && {
      kind: 'deploy-fewer',
      basis: 'rule',
      words: `Deploy it alone, not with ${countWords(commitsTogether - 1, 'other commit', 'other commits')}.`,
      logOdds: -rules.get('commits-together')!.adds,
    },
    states.length > 0 && {
      kind: 'other-time',
      basis: 'rule',
      words: `Wait until this is over: ${states.map((state) => rules.get(state)!.words).join(', ')}.`,
      logOdds: -states.reduce((all, state) => all + rules.get(state)!.adds, 0),
    },
  ];
  return advice.filter((each) => each !== false);
}
