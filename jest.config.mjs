/** Sources run as they are (swc), resolved by the `source` condition of package.json `imports`. */
const shared = {
  rootDir: '.',
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          target: 'es2022',
          experimental: { keepImportAttributes: true },
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
};

/** What lies in test/ but needs no server; as in test/run/test-run.ts. */
const UNIT_IN_TEST = [
  'test/conformance/{expressions,jq}.spec.ts',
  'test/run/**/*.spec.ts',
  'test/faults/{auditor,network}/**/*.spec.ts',
];
/** What `npm run test:servers` runs. */
const REAL_SERVERS = 'test/servers/**/*.spec.ts';

export default {
  maxWorkers: 2,
  // Measured when asked for; test/run/lines reads it.
  coverageProvider: 'babel',
  coverageReporters: ['json'],
  collectCoverageFrom: ['{libs,temporal,apps}/**/*.ts', '!**/*.spec.ts', '!**/testing/**'],
  // A limit for what hangs; no test waits for it.
  testTimeout: 300_000,
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['{libs,temporal,apps,bench}/**/*.spec.ts', ...UNIT_IN_TEST].map(
        (glob) => `<rootDir>/${glob}`,
      ),
    },
    {
      ...shared,
      displayName: 'integration',
      testMatch: [
        '<rootDir>/test/**/*.spec.ts',
        ...[...UNIT_IN_TEST, REAL_SERVERS].map((glob) => `!<rootDir>/${glob}`),
      ],
    },
    {
      ...shared,
      displayName: 'servers',
      testMatch: [`<rootDir>/${REAL_SERVERS}`],
    },
  ],
};
