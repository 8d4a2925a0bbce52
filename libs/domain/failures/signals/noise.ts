/** Words that say a line is not about what made the job fail, and how much they take off it. */
export interface Noise {
  readonly keys: readonly string[];
  readonly form: RegExp;
  readonly penalty: number;
}

export const NOISES: readonly Noise[] = [
  // Nothing happened, or it went well.
  {
    keys: [
      '0 error',
      '0 fail',
      'no error',
      'no fail',
      'errors: 0',
      'failed: 0',
      'failures: 0',
      'error: 0',
      'failed=0',
      'errors=0',
      '0 problems',
      '0 warnings',
    ],
    form: /(?:^|[^\d.])0 (?:errors?|fail(?:ed|ures?)|problems)\b(?!.{0,60}\b[1-9]\d* (?:errors?|fail))|\bno (?:errors?|failures?)\b|(?:errors?|failed|failures?)[:=] ?0\b/i,
    penalty: 60,
  },
  {
    keys: ['passed', '--- pass', 'ok ]', 'succeeded', 'successful', '... ok', 'pass '],
    form: /(?:^|\s)PASSED\b|^\s*--- PASS|\[ {2,}OK \]|\bsucceeded\b|\bsuccessful(?:ly)?\b|\.\.\. ok$|^PASS /,
    penalty: 60,
  },
  { keys: ['✓', '✔', '√', '☑'], form: /^\s{0,12}[✓✔√☑]/u, penalty: 70 },
  { keys: ['ok '], form: /^(?:ok\s|\s{0,8}ok \d)/, penalty: 60 },
  { keys: ['skipped', 'xfail', 'deselected'], form: /\bSKIPPED\b|\bXFAIL\b|\bskipped\b/, penalty: 40 },
  {
    keys: [
      'expected error',
      'expected failure',
      'as expected',
      'ignored',
      'ignoring',
      'non-fatal',
      'nonfatal',
      'not fatal',
      'harmless',
      'can be ignored',
      'continuing',
      'falling back',
      'fallback',
      'recovered',
      'treated as warning',
      'suppress',
    ],
    form: /\bexpected (?:error|failure)|\bas expected\b|\b(?:ignored|ignoring|harmless|recovered)\b|\bnon-?fatal\b|\bnot fatal\b|\bcontinuing\b|\b[Ff]all(?:ing )?back\b|treated as (?:a )?warning|\bsuppress(?:ed|ing)\b/i,
    penalty: 30,
  },
  {
    keys: ['warn', 'deprecat'],
    form: /^\S{0,80}\s?\[?(?:WARNING|Warning|warning|WARN|warn)\b|: warning(?::| [A-Z]+\d+:)|\bdeprecat|^W\d{4} \d\d:|^npm (?:warn|WARN)/i,
    penalty: 40,
  },
  {
    keys: ['info', 'debug', 'trace', 'notice', 'verbose'],
    form: /^(?:\S{0,40} )?\[?(?:INFO|DEBUG|TRACE|NOTICE|VERBOSE|info|debug)\b\]?(?::|\s|$)|^[ID]\d{4} \d\d:|level=(?:info|debug|warn)|: (?:note|info|remark): /,
    penalty: 45,
  },
  { keys: ['exception ignored in', 'atexit'], form: /^Exception ignored in|\batexit\b/, penalty: 45 },
  // Beside the job: reports, artifacts, caches, cleaning up.
  {
    keys: ['upload', 'artifact', 'telemetry', 'metric', 'analytics', 'cache'],
    form: /\b(?:upload(?:ing|ed)?|sav(?:e|ing)|restor(?:e|ing)|post(?:ing)?|emit(?:ting)?|send(?:ing)?|collect(?:ing)?|download(?:ing)?)\b.{0,80}\b(?:artifacts?|metrics?|reports?|stats|telemetry|analytics|cache|coverage|logs?)\b|\bcache (?:miss|not found|save|restore)|\.zip\b.{0,20}$|artifacts? (?:will be|path)|Ensure that the artifact path/i,
    penalty: 30,
  },
  {
    keys: [
      'no files were found',
      'no files to upload',
      'no files found',
      'no matching files',
      'no test report files',
    ],
    form: /[Nn]o (?:(?:matching |test report )?files|files? (?:were )?found)\b/,
    penalty: 40,
  },
  {
    keys: ['cannot remove', 'no such process', 'cleanup', 'clean up', 'tear down', 'teardown'],
    form: /cannot remove '|No such process|\b[Cc]lean(?:ing)?[ -]?up\b|\b[Tt]ear(?:ing)? ?down\b/,
    penalty: 30,
  },
  // Words inside of names, options, numbers and lists.
  {
    keys: [
      'building ',
      'compiling ',
      'linking ',
      'scanning ',
      'copying ',
      'installing ',
      'downloading ',
      'creating ',
      'adding ',
      'generating ',
      'running ',
      'checking ',
      'collecting ',
      'executing',
    ],
    form: /^(?:\[\s?\d+(?:\/\d+|%)\] ?)?(?:Building|Compiling|Linking|Scanning|Copying|Installing|Downloading|Downloaded|Creating|Adding|Generating|Running|Checking|Collecting|Executing|Looking for|Performing|Using cached|Requirement already|Unpacking|Selecting|Preparing|Processing|Setting up|inflating:|adding:)\b(?!.{0,200}\b(?:failed|error:))/i,
    penalty: 40,
  },
  {
    keys: ['-- '],
    form: /^-- (?:Looking|Performing|Check|Found|Could NOT find|Could not find|Detecting|The |Build|Install|Config)/,
    penalty: 40,
  },
  {
    keys: ['error', 'fail', 'timeout'],
    form: /^\s{0,8}[A-Z][\w ()/-]{2,60} {3,}\d+(?:\.\d+)?(?: ?%| ?s)?$|^\s{0,8}[A-Z][\w ()/-]{2,60}: {1,20}0(?:\.0+)?%?$/,
    penalty: 60,
  },
  {
    keys: ['error', 'fail', 'timeout'],
    form: /^\s{0,8}(?:if|elif|else|echo|printf|trap|set|return|raise|throw|catch|except|try|assert|import|from|def|class|const|let|var|function|export|local|console)\b(?! .{0,20}: )|^\s{0,12}[|>] {0,4}\d{1,6} \||^\s{0,8}\d{1,6} \| /,
    penalty: 40,
  },
  {
    keys: ['error', 'fail', 'timeout'],
    form: /^\s{0,12}[\w.-]{1,60}: (?:true|false|ignore|warn|error|\d+|null)$/,
    penalty: 45,
  },
  {
    keys: [
      'if your build fails',
      'if this fails',
      'if it fails',
      'if the',
      'in case of',
      'on failure',
      'you can ',
      'to debug',
      'tip:',
      'hint:',
      'see also',
      'reproduce',
      'to execute this',
    ],
    form: /\b[Ii]f (?:your|this|it|the|you)\b.{0,60}\b(?:fails?|error)|\b[Ii]n case of|\b[Oo]n failure\b|\bYou can\b|\b[Tt]o (?:debug|reproduce|execute this)|^(?:Tip|Hint|hint):|[Cc]ommand to reproduce/,
    penalty: 35,
  },
];

/** The command is being tried again: what just went wrong is not the end of it. */
export const RETRY_NOTICE = {
  keys: ['retry', 'trying again', 'try again', 'attempt', 'reconnect'],
  form: /\b[Rr]etry(?:ing)?\b.{0,40}(?:\d|\.\.\.|…|after|in |again|attempt)|\b[Ww]aiting \d+ ?\w* ?(?:seconds )?before (?:trying|retry)|\b[Tt]rying again\b|\b[Ww]ill (?:retry|try again)\b|\b[Aa]ttempt (?:#?[2-9]|\d\d) ?(?:of|\/)|\b[Rr]econnecting\b/,
} as const;

/** A test begins. */
export const BEGIN_NOTICE = {
  keys: ['=== run', '[ run ', '=== cont'],
  form: /^=== (?:RUN|CONT) |^\[ RUN {6}\]/,
} as const;

/** What ran just before went well after all. */
export const PASS_NOTICE = {
  keys: ['--- pass', 'ok ]', 'ok '],
  form: /^\s*--- PASS: |\[ {2,}OK \]|^ok \d+ /,
} as const;

/** From here on the runner clears up. */
export const CLEANING_UP = {
  keys: [
    'post job cleanup',
    'cleaning up',
    'cleaning up project',
    'uploading artifacts for',
    'running after_script',
    'running after script',
    'post-job',
    'stage post',
    'declarative: post actions',
    'starting: finalize job',
    '[pipeline] // stage',
    'cleaning up orphan',
  ],
  form: /^Post job cleanup|^Cleaning up (?:project|orphan|file)|^Uploading artifacts (?:for failed|\.\.\.)|^Running after_?\s?script|Declarative: Post Actions|^Starting: Finalize Job/,
} as const;
