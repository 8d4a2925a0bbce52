import type { Signal } from './signal.js';

/** Test runners. */
export const TEST_SIGNALS: readonly Signal[] = [
  // A harness that ran it again and again has the last word.
  {
    keys: ['failed consistently', 'failed permanently', 'consistently failed', 'failed after '],
    form: /^\S{0,40}\s?failed (?:consistently|permanently)\b|\bconsistently failed:|\btest\S{0,200} failed after \d+ (?:attempts|retries|tries|runs)/i,
    weight: 88,
    category: 'test_failure',
  },
  // pytest's summary, unittest, nose
  {
    keys: ['failed ', 'error '],
    form: /^(?:FAILED|ERROR) (?:\[[\d.]+s?\] )?\S+(?:::|\.py\b)/,
    weight: 81,
    category: 'test_failure',
  },
  {
    keys: ['fail', 'error'],
    form: /^(?:FAIL|ERROR)(?: \[[\d.]+s?\])?: \S+ \(\S+\)/,
    weight: 81,
    category: 'test_failure',
  },
  {
    keys: [' failed', ' error'],
    form: /^\S+(?:::\S+|\.py\S*) (?:<- \S+ )?(?:FAILED|ERROR)\b/,
    weight: 58,
    category: 'test_failure',
  },
  {
    keys: ['error collecting', 'error at setup of', 'error at teardown of'],
    form: /^_+ ERROR /,
    weight: 66,
    category: 'test_failure',
  },
  {
    keys: ['xpass(strict)', 'unexpected success'],
    form: /XPASS\(strict\)|unexpected success/i,
    weight: 70,
    category: 'test_failure',
  },
  {
    keys: ['failed example:', 'doctest'],
    form: /^Failed example:|DOCTEST FAILURE|^\s*\* FAILURE: /,
    weight: 78,
    category: 'test_failure',
  },
  {
    keys: ['e   '],
    form: /^E {3,8}\S*(?:Error|Exception|Failed|Exit)\b/,
    weight: 64,
    category: 'test_failure',
  },
  // go
  { keys: ['--- fail:'], form: /^\s*--- FAIL: /, weight: 76, category: 'test_failure' },
  { keys: ['_test.go:'], form: /^\s{1,16}\w+_test\.go:\d+: /, weight: 78, category: 'test_failure' },
  { keys: ['panic: test timed out'], weight: 84, category: 'test_timeout' },
  // jest, vitest, mocha, jasmine, karma, cypress, playwright, tap
  {
    keys: ['fail '],
    form: /^\s{0,3}FAIL {1,3}(?:\[?\|?[\w@/-]{1,60}\|?\]? )?\S+\.\w+/,
    weight: 81,
    category: 'test_failure',
  },
  {
    keys: ['● '],
    form: /^\s*● (?!Console|Validation|Deprecation|Test suite failed to run)\S.{0,300} › /,
    weight: 74,
    category: 'test_failure',
  },
  { keys: ['test suite failed to run'], weight: 70, category: 'test_failure' },
  {
    keys: ['error: '],
    form: /^\s{2,12}(?:Assertion|Timeout|Cypress)?Error: (?:Timed out|Timeout|expect\(|Test timeout|page\.|locator\.|browser|expected )/i,
    weight: 78,
    category: 'test_failure',
  },
  {
    keys: ['not ok '],
    form: /^\s{0,8}not ok \d+(?! .{0,200}# (?:TODO|SKIP))/i,
    weight: 78,
    category: 'test_failure',
  },
  {
    keys: ['headlesschrome', 'headless chrome', 'chrome '],
    form: /(?:Headless ?)?Chrome .{1,80} FAILED$/,
    weight: 78,
    category: 'test_failure',
  },
  { keys: ['1) '], form: /^\s{2,4}1\) \S/, weight: 57, category: 'test_failure' },
  // rspec, minitest, cucumber, phpunit, pest, exunit
  { keys: ['failure/error:'], weight: 80, category: 'test_failure' },
  { keys: ['failing scenarios:', 'failed scenarios:'], weight: 74, category: 'test_failure' },
  {
    keys: ['1) '],
    form: /^1\) (?:[A-Za-z_]\w*\\)+\w+::\w+|^\s{2}1\) test .{1,200} \(\S+\)$/,
    weight: 79,
    category: 'test_failure',
  },
  { keys: ['failed asserting that'], weight: 77, category: 'test_failure' },
  {
    keys: ['failure:', 'error:'],
    form: /^(?:Failure|Error):$|^ {0,3}\d+\) (?:Failure|Error):$/,
    weight: 66,
    category: 'test_failure',
  },
  { keys: ['cucumber '], form: /^cucumber \S+\.feature:\d+/, weight: 74, category: 'test_failure' },
  // JUnit by Maven and Gradle, TestNG, ScalaTest; NUnit, xUnit, MSTest
  {
    keys: ['[error] '],
    form: /^\[ERROR\] {2,6}[\w$.]+(?:\.[\w$]+)?:\d+ \S|^\[ERROR\] (?: {2})?[\w$.]+\.\w+(?:\([\w$.]+\))? {1,4}(?:Time elapsed|--)/,
    weight: 80,
    category: 'test_failure',
  },
  {
    keys: ['<<< failure!', '<<< error!'],
    form: /^\[?ERROR\]?.{0,300}<<< (?:FAILURE|ERROR)!/,
    weight: 76,
    category: 'test_failure',
  },
  { keys: [' failed'], form: /^\S.{0,200} > \S.{0,200} FAILED$/, weight: 81, category: 'test_failure' },
  { keys: ['*** failed ***'], weight: 80, category: 'test_failure' },
  {
    keys: ['failed '],
    form: /^\s{2,4}(?:X|✗|Failed) [\w.+]{3,300}(?:\(.{0,200}\))? \[[<\d .,msh]{1,20}\]$/,
    weight: 79,
    category: 'test_failure',
  },
  { keys: ['[fail]'], form: /^\s{0,8}\S.{2,300} \[FAIL\]$/, weight: 79, category: 'test_failure' },
  // googletest, Catch2, Boost.Test, CTest, cargo, XCTest, Bats, bazel
  {
    keys: [': failure'],
    form: /^\S.{0,300}[:(]\d+\)?: (?:Failure|error: Failure)$/i,
    weight: 81,
    category: 'test_failure',
  },
  { keys: ['[  failed  ]', '[  fatal   ]'], weight: 76, category: 'test_failure' },
  { keys: ['failed:'], form: /^\S+:\d+: FAILED:$/, weight: 80, category: 'test_failure' },
  {
    keys: ['***failed', '***timeout', '***exception', '(failed)'],
    form: /\*{3}(?:Failed|Timeout|Exception)|^\s*\d+ - \S+ \(Failed\)/,
    weight: 74,
    category: 'test_failure',
  },
  {
    keys: ['panicked at'],
    form: /^thread '.{1,200}'(?: \(\d+\))? panicked at /,
    weight: 81,
    category: 'test_failure',
  },
  {
    keys: ['... failed', '... fail'],
    form: /^test .{1,300} \.\.\. FAILED$|^\S+ \(\S+\)(?: \.\.\.)? \.\.\. (?:FAIL|ERROR)$/,
    weight: 74,
    category: 'test_failure',
  },
  { keys: ['error: -['], form: /: error: -\[\S{1,200} \S{1,200}\] : /, weight: 84, category: 'test_failure' },
  {
    keys: ['  failed', '  timeout', '  no status', 'fail: //', 'timeout: //'],
    form: /^\/\/\S{1,300} {2,}(?:FAILED|TIMEOUT|NO STATUS)\b|^(?:FAIL|TIMEOUT): \/\/\S+/,
    weight: 74,
    category: 'test_failure',
  },
  {
    keys: ['✘', '✗', '✖', '×'],
    form: /^\s{0,6}[✘✗✖×] {1,3}(?!\d+ (?:problem|error|of))\S/u,
    weight: 56,
    category: 'test_failure',
  },
  {
    keys: [' failed', 'failed.'],
    form: /^\S{1,200} - failed\b|^test\S{0,200} (?:\d+\/\d+ )?failed!?$/i,
    weight: 54,
    category: 'test_failure',
  },
  {
    keys: [
      'assertionerror',
      'assertion failed',
      'assertion `',
      "assertion '",
      'comparisonfailure',
      'assertionfailederror',
      'check failed:',
    ],
    form: /^\s{0,8}\S{0,200}Assertion(?:Failed)?Error\b|[Aa]ssertion (?:failed\b|[`'].{1,300} failed)|ComparisonFailure|^\S{0,200}\s?Check failed: /,
    weight: 74,
    category: 'test_failure',
  },
  { keys: ['fail_accuracy', 'fail_to_run', 'regression detected'], weight: 70, category: 'test_failure' },
  {
    keys: ['no tests found', 'no tests ran', 'no tests were', 'no test files found', 'collected 0 items'],
    form: /no tests (?:found|ran|were (?:found|executed))|no test files found/i,
    weight: 52,
    category: 'no_tests_found',
  },
];
