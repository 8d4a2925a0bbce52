import { describe, expect, it } from '@jest/globals';
import { parseJunit } from './parse-junit.js';

const totals = (text: string) => {
  const { total, passed, failed, skipped, errors, durationMs } = parseJunit(text).totals;
  return [total, passed, failed, skipped, errors, durationMs];
};

const JEST = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="jest tests" tests="3" failures="1" errors="0" time="1.5">
  <testsuite name="math" errors="0" failures="1" skipped="1" timestamp="2026-01-01T00:00:00" time="1.2" tests="3">
    <testcase classname="math adds" name="math adds" time="0.005"/>
    <testcase classname="math divides" name="math divides" time="0.010">
      <failure>Error: expect(received).toBe(expected) &lt;a&gt; &#x41;&#10;    at x.js:1</failure>
    </testcase>
    <testcase classname="math later" name="math later" time="0"><skipped/></testcase>
  </testsuite>
</testsuites>`;

const PYTEST = `<?xml version="1.0" encoding="utf-8"?><testsuites><testsuite name="pytest" errors="1" failures="1" skipped="1" tests="4" time="0.042" hostname="h">
<testcase classname="test_a" name="test_ok" time="0.001" />
<testcase classname="test_a" name="test_bad" time="0.002"><failure message="assert 1 == 2">def test_bad(): &gt; assert 1 == 2</failure></testcase>
<testcase classname="test_a" name="test_broken" time="0.003"><error message="failed on setup"><![CDATA[E <fixture> & 'x' not found]]></error></testcase>
<testcase classname="test_a" name="test_skip" time="0.000"><skipped type="pytest.skip" message="no gpu">x</skipped></testcase>
</testsuite></testsuites>`;

const SUREFIRE = `<testsuite xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" name="com.acme.AppTest" time="1,234.5" tests="3" errors="0" skipped="0" failures="1">
  <properties><property name="java.version" value="21"/></properties>
  <testcase name="flaky" classname="com.acme.AppTest" time="1,000.25"><flakyFailure message="once" type="E">x</flakyFailure><system-out><![CDATA[<testcase name="not me"/> <!DOCTYPE html>]]></system-out></testcase>
  <testcase name="fails" classname="com.acme.AppTest" time="0.5"><failure message="nope" type="AssertionError"><![CDATA[nope at line 3]]></failure><rerunFailure message="nope">again</rerunFailure></testcase>
  <testcase name="fine" classname="com.acme.AppTest" time="0"/>
</testsuite>`;

const GO = `<?xml version="1.0"?><testsuites tests="2" failures="1"><testsuite name="example.com/pkg" tests="2" failures="1" time="0.160"><properties><property name="go.version" value="go1.24"></property></properties>
<testcase classname="example.com/pkg" name="TestOne" time="0.060"></testcase>
<testcase classname="example.com/pkg" name="TestTwo" time="0.100"><failure message="Failed" type="">two_test.go:11: Error message</failure></testcase></testsuite></testsuites>`;

describe('parseJunit', () => {
  it.each([
    ['jest-junit', JEST, [3, 1, 1, 1, 0, 15]],
    ['pytest', PYTEST, [4, 1, 1, 1, 1, 6]],
    ['Surefire', SUREFIRE, [3, 2, 1, 0, 0, 1_000_750]],
    ['go-junit-report', GO, [2, 1, 1, 0, 0, 160]],
    [
      'nested suites, each test once',
      '<testsuites tests="9"><testsuite name="a" tests="3"><testsuite name="b" tests="2"><testcase name="1"/><testcase name="2"/></testsuite><testcase name="3"/></testsuite></testsuites>',
      [3, 3, 0, 0, 0, 0],
    ],
    [
      'numbers alone',
      '<testsuites tests="7"><testsuite name="a" tests="5" failures="2" skipped="1" time="2"/><testsuite name="b" tests="2"/></testsuites>',
      [7, 4, 2, 1, 0, 2000],
    ],
    [
      'GoogleTest',
      '<testsuites><testsuite name="g"><testcase name="a" status="notrun" result="suppressed"/><testcase name="b" status="run" result="skipped"/><testcase name="c" status="run" result="completed"/></testsuite></testsuites>',
      [3, 1, 0, 2, 0, 0],
    ],
    [
      'a suite that broke',
      '<testsuite name="s"><error message="cannot load"/></testsuite>',
      [1, 0, 0, 0, 1, 0],
    ],
    [
      'failure and error in one test',
      '<testsuite><testcase name="x"><failure/><error/></testcase></testsuite>',
      [1, 0, 0, 0, 1, 0],
    ],
    ['nothing', '<testsuites/>', [0, 0, 0, 0, 0, 0]],
    [
      'a byte order mark',
      '\ufeff<?xml version="1.0"?>\n<!-- <!DOCTYPE x> -->\n<testsuites></testsuites>',
      [0, 0, 0, 0, 0, 0],
    ],
    [
      'hostile numbers',
      '<testsuite tests="-5" failures="1e400" time="NaN"><testcase name="x" time="-3"/><testcase time="1e999"/></testsuite>',
      [2, 2, 0, 0, 0, 0],
    ],
    [
      'more failures than tests',
      '<testsuite tests="2" failures="99" errors="7" skipped="" time="-1"/>',
      [2, 0, 2, 0, 0, 0],
    ],
    [
      'a suite that tells of failures and lists none',
      '<testsuites failures="2"><testsuite name="s" tests="3" failures="2"><testcase name="a"/></testsuite><testsuite><testcase name="b"/></testsuite></testsuites>',
      [3, 2, 0, 0, 1, 0],
    ],
    [
      'a root that tells of failures of which one is listed',
      '<testsuites failures="2" errors="x"><testsuite failures="1"><testcase><failure/></testcase></testsuite></testsuites>',
      [1, 0, 1, 0, 0, 0],
    ],
    [
      'a root that tells of the failures of suites that list nothing',
      '<testsuites failures="2"><testsuite tests="4" failures="2"/></testsuites>',
      [4, 2, 2, 0, 0, 0],
    ],
  ])('reads %s', (_, text, expected) => {
    expect(totals(text)).toEqual(expected);
  });

  it('says what failed, where and why', () => {
    expect(parseJunit(JEST).cases[1]).toEqual({
      suite: 'math divides',
      name: 'math divides',
      status: 'failed',
      durationMs: 10,
      message: 'Error: expect(received).toBe(expected) <a> A\n    at x.js:1',
    });
    expect(parseJunit(PYTEST).cases[2]?.message).toBe("failed on setup\nE <fixture> & 'x' not found");
    expect(parseJunit(SUREFIRE).cases[1]?.message).toBe('nope at line 3');
  });

  it.each([
    ['<testsuite><testcase name="a" time="0.5"/><testcase name="b"/></testsuite>', 'known'],
    ['<testsuite><testcase name="a"/></testsuite>', 'none'],
    ['<testsuite><testcase name="a" time="1"/><testcase name="b" time="-3"/></testsuite>', 'unreadable'],
    ['<testsuite><testcase name="a" time="NaN"/></testsuite>', 'unreadable'],
    ['<testsuite><testcase name="a" time="1e999"/></testsuite>', 'unreadable'],
    ['<testsuite tests="2" time="soon"/>', 'unreadable'],
    ['<testsuite tests="2" time="1,000.5"/>', 'known'],
  ])('says of %s whether it tells how long tests took: %s', (text, durations) => {
    expect(parseJunit(text).durations).toBe(durations);
  });

  it('cuts long messages', () => {
    const text = `<testsuite><testcase name="x"><failure>${'y'.repeat(100_000)}</failure></testcase></testsuite>`;
    expect(parseJunit(text).cases[0]?.message).toHaveLength(2000);
  });

  it('counts no test that stands in what something printed', () => {
    const text =
      '<testsuite><system-out><testcase name="a"><failure/></testcase></system-out><testcase name="b"><properties><failure/></properties></testcase></testsuite>';
    expect(totals(text)).toEqual([1, 1, 0, 0, 0, 0]);
  });

  it('names a test by its innermost suite that has a name', () => {
    const text =
      '<testsuites name="all"><testsuite><testcase name="a"/><testsuite name="in"><testcase name="b"/><error message="x"/></testsuite></testsuite></testsuites>';
    expect(parseJunit(text).cases.map(({ suite, name }) => [suite, name])).toEqual([
      ['all', 'a'],
      ['in', 'b'],
      ['in', '(suite)'],
    ]);
  });

  const laughs = `<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;">]><testsuite name="&lol2;"/>`;
  const external = '<!DOCTYPE t [<!ENTITY x SYSTEM "file:///etc/passwd">]><testsuite name="&x;"/>';
  it.each([
    ['billion laughs', laughs],
    ['an external entity', external],
    ['deep nesting', `${'<testsuite>'.repeat(5000)}${'</testsuite>'.repeat(5000)}`],
    ['a cut file', JEST.slice(0, 400)],
    ['another document', '<html><body/></html>'],
    ['text', 'hello'],
    ['nothing', ''],
    ['a cut file whose last test is whole', JEST.slice(0, JEST.indexOf('<testcase classname="math later"'))],
    ['an attribute without quotes', '<testsuite tests=1/>'],
    ['very many attributes', `<testsuite ${Array.from({ length: 70 }, (_, at) => `a${at}="" `).join('')}/>`],
    ['counts that are none', '<testsuite tests="2" failures="NaN"/>'],
    ['counts below zero', '<testsuites><testsuite tests="2" errors="-1"/></testsuites>'],
    ['a fraction of a test', '<testsuite tests="2.5"/>'],
    ['mismatched tags', '<testsuite><testcase></testsuite></testcase>'],
  ])('refuses %s', (_, text) => {
    expect(() => parseJunit(text)).toThrow(
      expect.objectContaining({ code: 'report-invalid', fault: 'user' }),
    );
  });

  it('leaves undeclared entities as they are and names of prototypes harmless', () => {
    const report = parseJunit(
      '<testsuite name="&undefined; &amp;lt;" __proto__="1"><__proto__/><testcase name="__proto__"/></testsuite>',
    );
    expect(report.cases).toEqual([
      { suite: '&undefined; &lt;', name: '__proto__', status: 'passed', durationMs: 0 },
    ]);
  });
});
