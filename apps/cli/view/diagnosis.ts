import type { Diagnosis } from '#domain/failures/diagnosis.js';
import { describeStrategy } from '#domain/failures/strategy.js';
import { toPlainText } from './plain-text.js';
import type { Style } from './style.js';

/** The cause as compilers print a place, with the lines around it, and what to do. */
export function renderDiagnosis(diagnosis: Diagnosis, source: string, style: Style): string[] {
  const { line, text, category, title, remediation, strategy, confidence } = diagnosis;
  const kind = `${style.bad(toPlainText(diagnosis.class))} ${toPlainText(category)}: ${toPlainText(title)}`;
  const advice = [
    `  ${style.faint('do:')} ${toPlainText(remediation)}`,
    `  ${style.faint('strategy:')} ${describeStrategy(strategy)}`,
  ];
  if (line === undefined || text === undefined) return [`${kind} (no line of the log tells more)`, ...advice];
  return [
    `${style.strong(`${toPlainText(source)}:${line}:`)} ${kind} ${style.faint(`(${Math.round(confidence * 100)} % sure)`)}`,
    ...diagnosis.before.map((each, index) =>
      renderLine(line - diagnosis.before.length + index, each, ' ', style),
    ),
    renderLine(line, text, '>', style),
    ...diagnosis.after.map((each, index) => renderLine(line + 1 + index, each, ' ', style)),
    ...advice,
  ];
}

function renderLine(number: number, text: string, mark: string, style: Style): string {
  const shown = toPlainText(text);
  return `${mark} ${style.faint(`${String(number).padStart(6)} |`)} ${mark === '>' ? style.strong(shown) : shown}`;
}
