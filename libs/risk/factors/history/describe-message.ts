/**
 * Whether a commit says that it mends a defect, as Kamei et al. 2013 read FIX (after Mockus and Votta 2000): by words of
 * its message. Mending a misprint or the layout mends no defect, nor does
 * taking a change back.
 */
export function isFix(message: string): boolean {
  return FIX.test(message) && !HARMLESS.test(firstLine(message)) && !isRevert(message);
}

const FIX =
  /\b(fix(e[ds]|ing|up)?|bug(s|fix(es)?)?|hotfix(es)?|defects?|faults?|regressions?|crash(e[ds]|ing)?|repair(s|ed)?|mend(s|ed)?|deadlocks?|leaks?|null ?pointer|race condition|off.by.one)\b/i;

const HARMLESS =
  /\b(fix(e[ds]|ing)?|correct(s|ed)?)\b.{0,30}\b(typos?|misprints?|spelling|grammar|wording|comments?|format(ting)?|white ?space|indent(ation)?|lint(er|ing)?|style|docs?|documentation|readme|changelog|copyright)\b/i;

/** Whether it takes an earlier commit back. */
export function isRevert(message: string): boolean {
  return /^revert(s|ed)?\b|^This reverts commit [0-9a-f]{7,64}/im.test(message);
}

function firstLine(message: string): string {
  const end = message.indexOf('\n');
  return end < 0 ? message : message.slice(0, end);
}
