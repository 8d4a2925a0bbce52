import type {
  AssessmentSummary,
  AssessmentVersionView,
  AssessmentView,
  EnvironmentState,
  EnvironmentView,
  OutcomeView,
  RiskModelFacts,
} from '#contracts/rest/risk.js';
import { toPlainText } from './plain-text.js';
import { renderRisk } from './risk.js';
import type { Style } from './style.js';
import { formatTable, renderTable } from './table.js';

/** Characters of an id of git, for people. */
const SHOWN_COMMIT = 12;

export function renderAssessments(items: readonly AssessmentSummary[], style: Style): string[] {
  if (items.length === 0) return ['no assessment'];
  const rows = items.map((each) =>
    [
      each.at,
      each.commit.slice(0, SHOWN_COMMIT),
      String(each.score),
      each.level,
      `v${each.version}`,
      each.environment,
      each.open ? 'open' : '',
      each.step ?? '',
      each.by,
      each.id,
    ].map(toPlainText),
  );
  return renderTable(
    ['AT', 'COMMIT', 'RISK', 'LEVEL', 'VERSION', 'ENVIRONMENT', '', 'STEP', 'BY', 'ASSESSMENT'],
    rows,
    style,
  );
}

/** The picture of the risk, what was known of the environment, and why it was assessed again. */
export function renderAssessment(
  view: AssessmentView,
  versions: readonly AssessmentVersionView[],
  style: Style,
  columns: number,
): string[] {
  const { result, factors, history = NO_HISTORY(view.commit), state, environment, id, open } = view;
  const again = versions.filter(({ version }) => version > 1);
  return [
    ...renderRisk({ ...result, factors, history }, style, columns),
    '',
    `${style.strong('environment')} ${toPlainText(environment)}: ${describeState(state)}`,
    ...(again.length === 0 ? [] : [style.strong('assessed again')]),
    ...again.map(({ at, score, reason = '' }) => `  ${toPlainText(`${at}  ${score}  ${reason}`)}`),
    style.faint(toPlainText(`assessment ${id}${open ? ', open' : ''}`)),
  ];
}

const NO_HISTORY = (head: string) => ({
  base: undefined,
  head,
  commits: 0,
  complete: false,
  shallow: false,
  origin: 'git' as const,
  notes: ['What the factors rest on was not said.'],
});

export function renderEnvironments(items: readonly EnvironmentView[], style: Style): string[] {
  if (items.length === 0) {
    return ['no environment yet; say how one is: sluice risks environment production --open-incidents 0'];
  }
  const rows = items.map(({ name, state, workflows = [], updatedAt, updatedBy }) =>
    [name, describeState(state), workflows.join(', '), updatedAt, updatedBy].map(toPlainText),
  );
  return renderTable(['NAME', 'STATE', 'DEPLOYED BY', 'SAID', 'BY'], rows, style);
}

function describeState({ deployments, openIncidents, frozen }: EnvironmentState): string {
  const parts = [
    deployments && `${deployments.failed} of ${deployments.total} deployments failed`,
    openIncidents === undefined ? undefined : `${openIncidents} open incidents`,
    frozen === true ? 'frozen' : undefined,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? 'nothing is known' : parts.join(', ');
}

export function renderOutcomes(items: readonly OutcomeView[], style: Style): string[] {
  if (items.length === 0) return ['nothing is known of what became of changes'];
  const rows = items.map(({ commit, outcome, at, by, reason = '' }) =>
    [commit.slice(0, SHOWN_COMMIT), outcome, at, by, reason].map(toPlainText),
  );
  return renderTable(['COMMIT', 'OUTCOME', 'AT', 'BY', 'REASON'], rows, style);
}

export function renderRiskModel({ name, digest, trainedOn, shipped, by, at }: RiskModelFacts): string[] {
  const { projects, changes, from, to } = trainedOn;
  return formatTable(
    [
      ['model', shipped ? `${name}, which comes with Sluice` : name],
      ['learnt from', `${changes} changes of ${projects.join(', ')}`],
      ['made', `from ${from} to ${to}`],
      ['digest', digest],
      ...(by === undefined ? [] : [['set', `by ${by}, ${at ?? ''}`]]),
    ].map((row) => row.map(toPlainText)),
  );
}
