import { toPlainText } from '../view/plain-text.js';
import type { FileResult, TestResult } from './run-tests.js';
import { describeMismatch } from './test-report.js';

/** The results as JUnit XML, one suite per file, as CI servers read it. */
export function renderJunit(files: readonly FileResult[]): string {
  const suites = files.map(renderSuite);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.join('')}</testsuites>\n`;
}

function renderSuite({ file, tests, findings }: FileResult): string {
  const failures = tests.filter(({ passed }) => !passed).length;
  const broken = findings.flatMap(({ file: of, findings: found }) =>
    found.map(({ line, column, code, message }) => `${of.path}:${line}:${column} ${code} ${message}`),
  );
  const errors = broken.length === 0 ? 0 : 1;
  const seconds = tests.reduce((sum, { ms }) => sum + ms, 0) / 1000;
  const head = attributes({
    name: file.path,
    tests: String(tests.length + errors),
    failures: String(failures),
    errors: String(errors),
    time: seconds.toFixed(3),
  });
  const cases = tests.map((test) => renderCase(file.path, test)).join('');
  const wrong =
    errors === 0
      ? ''
      : `    <testcase${attributes({ classname: file.path, name: 'is valid' })}>\n      <error${attributes({ message: broken[0]! })}>${toXml(broken.join('\n'))}</error>\n    </testcase>\n`;
  return `  <testsuite${head}>\n${wrong}${cases}  </testsuite>\n`;
}

function renderCase(path: string, { name, ms, mismatches }: TestResult): string {
  const head = attributes({ classname: path, name, time: (ms / 1000).toFixed(3) });
  if (mismatches.length === 0) return `    <testcase${head}/>\n`;
  const failures = mismatches.map((mismatch) => {
    const [message = '', ...more] = describeMismatch(mismatch);
    return `      <failure${attributes({ message, type: mismatch.what || 'test' })}>${toXml([message, ...more].join('\n'))}</failure>\n`;
  });
  return `    <testcase${head}>\n${failures.join('')}    </testcase>\n`;
}

function attributes(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${toXml(value)}"`)
    .join('');
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Characters that XML 1.0 has no place for are shown as pictures. */
function toXml(text: string): string {
  return text
    .split('\n')
    .map((line) =>
      toPlainText(line)
        .toWellFormed()
        .replace(/[&<>"]/g, (character) => ENTITIES[character]!),
    )
    .join('&#10;');
}
