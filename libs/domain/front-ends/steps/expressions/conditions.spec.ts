import { describe, expect, it } from '@jest/globals';
import { ACTIONS } from '../../../../contracts/catalogue/catalogue.js';
import type { Json } from '../../../json.js';
import { importText } from '../../import-text.js';

/** What the condition of a step becomes: as it stands in the text that is written, or what is said against it. */
function convert(condition: Json): string | undefined {
  const document = {
    name: 'w',
    variables: { n: 3, s: 'text', list: [1], branch: 'main', flag: true },
    steps: [
      { id: 'build', type: 'command', command: 'echo 1' },
      { id: 'call', type: 'http', url: 'https://example.com', dependencies: ['build'] },
      { id: 'gate', type: 'approval', approvers: ['ann'], dependencies: ['call'] },
      { id: 'pick', type: 'set', values: { a: 1, b: 2 }, dependencies: ['gate'] },
      { id: 'check', type: 'condition', condition: 'n > 1', dependencies: ['gate'] },
      { id: 't', type: 'command', command: 'echo t', dependencies: ['build', 'call', 'gate'], condition },
    ],
  };
  const content = new TextEncoder().encode(JSON.stringify(document));
  const [imported] = importText({ path: 'x.json', content }, ACTIONS);
  if (imported?.text === undefined) return imported?.findings.map(({ message }) => message).join('\n');
  return /\n +t:[\s\S]*?\n +if: (.*)/.exec(imported.text)?.[1];
}

describe('a condition', () => {
  it.each<[string, string]>([
    ['exists(s)', 'inputs.s != null'],
    ['defined(s)', 'inputs.s != null'],
    ['isDefined(s)', 'inputs.s != null'],
    ['empty(list)', 'inputs.list in [null, "", [], {}]'],
    ['length(list) > 0', 'size(inputs.list) > 0'],
    ['len(list)==1', 'size(inputs.list) == 1'],
    ['size(list)', '"!(size(inputs.list) in [0])"'],
    ['count(list)==1', 'size(inputs.list) == 1'],
    ['not(flag)', '"!inputs.flag"'],
    ['boolean(n)', '"!(inputs.n in [0])"'],
    ['number(s) > 1', 'double(inputs.s) > 1'],
    ['parseInt(s) == 1', 'int(inputs.s) == 1'],
    ['int(s)==1', 'int(inputs.s) == 1'],
    ['parseFloat(s) > 1.5', 'double(inputs.s) > 1.5'],
    ['float(s)>1', 'double(inputs.s) > 1'],
    ['string(n) == "3"', 'string(inputs.n) == "3"'],
    ['str(n)=="3"', 'string(inputs.n) == "3"'],
    ['toString(n)=="3"', 'string(inputs.n) == "3"'],
    ['toLowerCase(s)=="a"', 'inputs.s.lowerAscii() == "a"'],
    ['lower(s)=="a"', 'inputs.s.lowerAscii() == "a"'],
    ['s.lowercase()=="a"', 'inputs.s.lowerAscii() == "a"'],
    ['toUpperCase(s)=="A"', 'inputs.s.upperAscii() == "A"'],
    ['upper(s)=="A"', 'inputs.s.upperAscii() == "A"'],
    ['s.uppercase()=="A"', 'inputs.s.upperAscii() == "A"'],
    ['trim(s)=="a"', 'inputs.s.trim() == "a"'],
    ['s.trim() == ""', 'inputs.s.trim() == ""'],
    ['s.toLowerCase() == "a"', 'inputs.s.lowerAscii() == "a"'],
    ['eq(s,"a")', 'inputs.s == "a"'],
    ['and(flag, n)', 'inputs.flag && !(inputs.n in [0])'],
    ['gte(n,2)', 'inputs.n >= 2'],
    ['n.equals(3)', 'inputs.n == 3'],
    ['s contains "a"', 'inputs.s.contains("a")'],
    ['contains(list, 1)', '"(type(inputs.list) == list ? 1 in inputs.list : inputs.list.contains(1))"'],
    ['list.includes(1)', '"(type(inputs.list) == list ? 1 in inputs.list : inputs.list.contains(1))"'],
    ['[1,2].includes(n)', 'inputs.n in [1, 2]'],
    ['n ?? 5', '\'!((inputs.n == null ? 5 : inputs.n) in [null, false, 0, "", "false"])\''],
    ['s ?? "x" == "y"', '\'!((inputs.s == null ? "x" == "y" : inputs.s) in [null, false, 0, "", "false"])\''],
    ['n > 1 ? flag : false', '"inputs.n > 1 ? inputs.flag : false"'],
    ['${{ s | default("x") }} == "y"', '\'(inputs.s in [null, ""] ? "x" : inputs.s) == "y"\''],
    [
      '{{ s | default("x") | lower }}',
      '\'!((inputs.s in [null, ""] ? "x" : inputs.s).lowerAscii() in ["", "false"])\'',
    ],
    ['{{ s | upper() }}', '\'!(inputs.s.upperAscii() in ["", "false"])\''],
    ['s is not null', 'inputs.s != null'],
    ['s is null', 'inputs.s == null'],
    ['s not in ["a"]', '\'!(inputs.s in ["a"])\''],
    ['s not contains "a"', '\'!inputs.s.contains("a")\''],
    ['s =~ "^a"', 'inputs.s.matches("^a")'],
    ['s !~ "^a"', '\'!inputs.s.matches("^a")\''],
    ['-n < 0', '-inputs.n < 0'],
    ['-(n)', '"!(-inputs.n in [0])"'],
    ['!!flag', '"!!inputs.flag"'],
    ['not flag', '"!inputs.flag"'],
    ['flag and not (n > 2)', 'inputs.flag && !(inputs.n > 2)'],
    ['s[0] == "a"', 'inputs.s[0] == "a"'],
    ["'it\\'s\\n' == s", '"\\"it\'s\\\\n\\" == inputs.s"'],
    ['"a\\tb" == s', '\'"a\\tb" == inputs.s\''],
    ['n > 1e5', 'inputs.n > 100000'],
    ['s == `a`', 'inputs.s == "a"'],
    [
      'build.status == success',
      'always() && steps.call.status == "succeeded" && steps.gate.status == "succeeded" && steps.build.status == "succeeded"',
    ],
    [
      'steps.build.status == "success"',
      'always() && steps.call.status == "succeeded" && steps.gate.status == "succeeded" && steps.build.status == "succeeded"',
    ],
    [
      'steps.build.status in ["success","failed"]',
      'always() && steps.call.status == "succeeded" && steps.gate.status == "succeeded" && steps.build.status in ["succeeded", "failed"]',
    ],
    [
      'steps.build.success',
      'always() && steps.call.status == "succeeded" && steps.gate.status == "succeeded" && steps.build.status == "succeeded"',
    ],
    [
      'steps.build.failed',
      'always() && steps.call.status == "succeeded" && steps.gate.status == "succeeded" && steps.build.status == "failed"',
    ],
    ['status == "success"', 'inputs.status == "success"'],
    ['steps.build.exitCode == 0', 'steps.build.output.exitCode == 0'],
    ['exitCode == 0', 'inputs.exitCode == 0'],
    ['steps.build.attempts > 1', 'steps.build.attempts > 1'],
    ['steps.build.retries > 1', 'steps.build.attempts - 1 > 1'],
    ['steps.build.retryCount > 0', 'steps.build.output.result.retryCount > 0'],
    [
      'steps.build.error',
      'always() && steps.call.status == "succeeded" && steps.gate.status == "succeeded" && !(steps.build.error in [null, false, 0, "", "false"])',
    ],
    [
      'steps.build.error.message',
      'always() && steps.call.status == "succeeded" && steps.gate.status == "succeeded" && !(steps.build.error.message in [null, false, 0, "", "false"])',
    ],
    ['steps.build.stdout', '\'!(steps.build.output.stdout.trim() in ["", "false"])\''],
    [
      'steps.build.output.version',
      '\'!(steps.build.output.result.version in [null, false, 0, "", "false"])\'',
    ],
    ['steps.build.duration', '"!(steps.build.output.durationMs in [0])"'],
    ['steps.build.output.durationMs > 1', 'steps.build.output.durationMs > 1'],
    ['steps.call.output', '\'!(steps.call.output.body in [null, false, 0, "", "false"])\''],
    [
      'steps.call.status == 200',
      'always() && steps.build.status == "succeeded" && steps.gate.status == "succeeded" && steps.call.output.status == 200',
    ],
    ['steps.call.output.status == 200', 'steps.call.output.status == 200'],
    [
      'steps.call.output.headers.etag',
      '\'!(steps.call.output.headers.etag in [null, false, 0, "", "false"])\'',
    ],
    ['steps.call.output.body.x', '\'!(steps.call.output.body.x in [null, false, 0, "", "false"])\''],
    ['steps.call.x', '\'!(steps.call.output.body.x in [null, false, 0, "", "false"])\''],
    ['steps.gate.approved', 'steps.gate.output.decision == "approved"'],
    ['steps.gate.output', 'steps.gate.output.decision == "approved"'],
    ['steps.gate.output.reason', '\'!(steps.gate.output.reason in [null, false, 0, "", "false"])\''],
    ['steps.gate.output.approved', 'steps.gate.output.decision == "approved"'],
    ['steps.pick.output.a', '\'!(steps.pick.output.a in [null, false, 0, "", "false"])\''],
    ['steps.check.output', 'steps.check.output.result'],
    ['steps.check.result', 'steps.check.output.result'],
    ['context.n > 1', 'inputs.n > 1'],
    ['run.id == "x"', 'run.id == "x"'],
    ['workflow.name == "w"', 'run.workflow == "w"'],
    ['run.unknown', '\'!(inputs.unknown in [null, false, 0, "", "false"])\''],
    ['unknown.thing', '\'!(inputs.unknown.thing in [null, false, 0, "", "false"])\''],
    ['failure()', 'failed()'],
    ['always()', 'always()'],
    ['s.replace("a","b") == "c"', 'inputs.s.replace("a", "b") == "c"'],
    ['s.indexOf("a") > 1', 'inputs.s.indexOf("a") > 1'],
    ['s.split(",")', '\'!(inputs.s.split(",") in [null, false, 0, "", "false"])\''],
    ['s.substring(1,2)', '\'!(inputs.s.substring(1, 2) in ["", "false"])\''],
    ['list.join(",")', '\'!(inputs.list.join(",") in ["", "false"])\''],
    ['s.matches("a")', 'inputs.s.matches("a")'],
    ['(n).x', '\'!(inputs.n.x in [null, false, 0, "", "false"])\''],
    ['n + s == "3text"', 'string(inputs.n) + inputs.s == "3text"'],
    ['s + "x" == "ax"', 'inputs.s + "x" == "ax"'],
    ['n * 2 % 3 == 0', 'inputs.n * 2 % 3 == 0'],
    ['n / 0', '"!(inputs.n / 0 in [0])"'],
    ['n == "3"', 'string(inputs.n) == "3"'],
    ['flag == "true"', 'string(inputs.flag) == "true"'],
    ['"x ${s} y" == s', '\'"x " + inputs.s + " y" == inputs.s\''],
    ['${n} > 1 and ${flag}', 'inputs.n > 1 && inputs.flag'],
    ['$branch == main', 'inputs.branch == "main"'],
    ['branch == main', 'inputs.branch == "main"'],
    ['false', '"false"'],
    ['null', '\'!(null in [null, false, 0, "", "false"])\''],
    ['none', '\'!(null in [null, false, 0, "", "false"])\''],
    ['n == 1 || n == 2 && flag', 'inputs.n == 1 || inputs.n == 2 && inputs.flag'],
    ['steps.build', '\'!(steps.build.output.stdout.trim() in ["", "false"])\''],
    ['needs.build.result == "success"', 'steps.build.output.stdout.trim() == "success"'],
    ['steps["build"].output', '\'!(steps.build.output.stdout.trim() in ["", "false"])\''],
    ['steps.call.output.statusCode', '"!(steps.call.output.status in [0])"'],
  ])('%s', (condition, written) => {
    expect(convert(condition)).toBe(written);
  });

  it.each<[Json, string]>([
    [{ field: 'n', operator: 'gt', value: 1 }, 'inputs.n > 1'],
    [{ field: 's', operator: 'exists' }, 'inputs.s != null'],
    [{ field: 's' }, 'inputs.s != null'],
    [{ field: 's', operator: 'isNull' }, '"!(inputs.s != null)"'],
    [{ field: 's', operator: 'empty' }, 'inputs.s in [null, "", [], {}]'],
    [{ field: 's', operator: 'not_empty' }, '\'!(inputs.s in [null, "", [], {}])\''],
    [{ field: 'flag', operator: 'isTrue' }, 'inputs.flag'],
    [{ field: 'flag', operator: 'isFalse' }, '"!inputs.flag"'],
    [{ field: 's', operator: 'notIn', value: ['a', 'b'] }, '\'!(inputs.s in ["a", "b"])\''],
    [{ field: 's', operator: 'eq', value: 'x ${n} y' }, 'inputs.s == "x " + string(inputs.n) + " y"'],
    [{ field: 's', operator: 'eq', value: '${n}' }, 'inputs.s == inputs.n'],
    [{ expression: 'n > 1' }, 'inputs.n > 1'],
    [{ and: ['n > 1', { field: 's', value: 'a' }] }, 'inputs.n > 1 && inputs.s == "a"'],
    [{ or: ['n > 1'] }, 'inputs.n > 1'],
    [{ not: 'flag' }, '"!inputs.flag"'],
    [{ none: ['flag', 'n > 1'] }, '"!(inputs.flag || inputs.n > 1)"'],
    [{ rules: ['n > 1', 'flag'], operator: 'or' }, 'inputs.n > 1 || inputs.flag'],
    [['n > 1', 'flag'], 'inputs.n > 1 && inputs.flag'],
    [5, '"!(5 in [0])"'],
  ])('%j', (condition, written) => {
    expect(convert(condition)).toBe(written);
  });

  it.each<[Json]>([[true], [''], ['success'], ['success()'], [[]]])(
    '%j asks nothing of its own',
    (condition) => {
      expect(convert(condition)).toBeUndefined();
    },
  );

  it.each<[string, string]>([
    ['isset(s)', 'there is no function `isset`.'],
    ['{{ s | 5 }}', 'the name of a filter is missing.'],
    ['s not startsWith "a"', '`not` is not expected where it stands.'],
    ['list[n]', 'only a number or a text may stand in `[ ]`.'],
    ['list[true]', 'only a number or a text may stand in `[ ]`.'],
    ['list[0,1]', 'only a number or a text may stand in `[ ]`.'],
    ['s.', 'a name is missing after the dot.'],
    ['s.(1)', 'a name is missing after the dot.'],
    ['n >', 'it ends too early.'],
    ['n)', '`)` is not expected where it stands.'],
    ['(n', '`)` is missing.'],
    ['"text', 'a text has no end.'],
    ['n > 1.', 'a name is missing after the dot.'],
    ['n == 1.5.', 'a name is missing after the dot.'],
    ['steps.build.status == "weird"', 'no step ends as `weird`.'],
    ['previous.output', 'there is no one step before this.'],
    ['secrets.x == "a"', 'a secret may stand in `env` and in the headers of a request only.'],
    ['steps.none.output', 'there is no step `none`.'],
    ['nothing(1)', 'there is no function `nothing`.'],
    ['"a".b', 'a member may be asked of a name only.'],
    ['last.status == success', 'there is no one step before this.'],
  ])('%s is refused', (condition, said) => {
    expect(convert(condition)).toContain(said);
  });

  it.each<[Json, string]>([
    [{ field: 's', operator: 'sounds-like', value: 'x' }, 'the operator `sounds-like` is not known.'],
    [{ field: 's', operator: 'in', value: { a: 1 } }, 'a map cannot be compared.'],
    [{ field: 's', value: 'x', colour: 'red' }, '"colour" has no meaning in a condition.'],
    [{ expression: 'n > 1', colour: 'red' }, '"colour" has no meaning in a condition.'],
    [{ and: [] }, 'This condition has a form that is not known.'],
    [{ rules: ['n > 1'], colour: 1 }, '"colour" has no meaning in a condition.'],
    [{ what: 1 }, 'This condition has a form that is not known.'],
    [{ expression: 'n > 1', type: 'sql' }, 'This condition has a form that is not known.'],
  ])('%j is refused', (condition, said) => {
    expect(convert(condition)).toContain(said);
  });
});
