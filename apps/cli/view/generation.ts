import type { Generation } from '#domain/generation/generate.js';
import { formatEvidence } from '#domain/generation/render.js';
import { toPlainText } from './plain-text.js';
import type { Style } from './style.js';

/** What was found, in a line each, and what could not be taken over. */
export function renderSummary({ projects, notes, risk }: Generation, style: Style): string[] {
  const found = projects.slice(0, MAX_PROJECTS).map(({ title, directory, built }) => {
    const place = directory === '' ? '.' : directory;
    return `${built ? style.good('✓') : style.faint('–')} ${toPlainText(title)} ${style.faint(`in ${toPlainText(place)}${built ? '' : ', not built here'}`)}`;
  });
  const more = projects.length - found.length;
  return [
    ...(projects.length === 0 ? ['No project of a kind that is known was found.'] : found),
    ...(more > 0 ? [style.faint(`  and ${more} more`)] : []),
    ...(risk === undefined ? [] : [`risk ${risk.score} of 100, ${risk.level}`]),
    ...notes.map(({ text, evidence }) => {
      const place = evidence[0] === undefined ? '' : ` ${style.faint(`(${formatEvidence(evidence[0])})`)}`;
      return `${style.warn('note:')} ${toPlainText(text)}${place}`;
    }),
  ];
}

const MAX_PROJECTS = 50;

/** Each line of the definition: what it is, how sure, why, and what led to it. */
export function renderExplanations({ explanations }: Generation, style: Style): string[] {
  return explanations.flatMap(({ path, reason, evidence, confidence }) => [
    `${style.strong(toPlainText(path))}  ${style.faint(confidence)}`,
    `  ${toPlainText(reason)}`,
    ...(evidence.length === 0
      ? []
      : [`  ${style.faint(toPlainText(evidence.map(formatEvidence).join(', ')))}`]),
  ]);
}
