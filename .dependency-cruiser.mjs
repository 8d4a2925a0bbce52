import { builtinModules } from 'node:module';

/**
 * The import table of the house, from the outside in. What a folder may import is said once here, and checked on every
 * test run; test/boundaries.spec.ts plants a violation of each rule and sees it caught.
 */
const SPEC = '(\\.spec|/testing/[^/]+)\\.ts$';
const SDK = '^node_modules/@temporalio/';
const DOMAIN_PACKAGES = '^node_modules/(yaml|ajv|ajv-formats|re2js|@bufbuild/[^/]+|@noble/hashes)/';
const BUILT_IN = `^(node:)?(${builtinModules.map((name) => name.replaceAll('/', '\\/')).join('|')})$`;

const forbidden = [
  {
    name: 'no-cycle',
    comment:
      'Two files that need each other are one file, or hide a third. Types alone may: they are gone at run time.',
    from: {},
    to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
  },
  {
    name: 'no-orphan',
    comment: 'A file that nothing imports, and that imports nothing, is forgotten.',
    from: {
      orphan: true,
      pathNot: [SPEC, '\\.d\\.ts$', '(^|/)main\\.ts$', '\\.(mjs|cjs)$', '^libs/persistence/migrations/'],
    },
    to: {},
  },
  {
    name: 'no-unresolved',
    comment: 'An import that leads nowhere.',
    // What a program of a peer imports is installed where it runs.
    from: { pathNot: '^bench/peers/[^/]+/program\\.mjs$' },
    to: { couldNotResolve: true },
  },
  {
    name: 'no-development-package',
    comment: 'What runs in production may not need a package that is installed for development only.',
    from: { path: '^(apps|libs|temporal)/', pathNot: SPEC },
    to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: '^node_modules/@types/' },
  },
  {
    name: 'no-test-code',
    comment: 'Product code does not know its tests.',
    from: { path: '^(apps|libs|temporal)/', pathNot: SPEC },
    to: { path: ['^(test|bench)/', SPEC] },
  },
  {
    name: 'domain-is-pure',
    comment: 'The domain imports itself and the named pure packages: no Node, no framework, no other folder.',
    from: { path: '^libs/domain/', pathNot: SPEC },
    to: { pathNot: ['^libs/domain/', DOMAIN_PACKAGES] },
  },
  {
    name: 'domain-packages-have-their-place',
    comment:
      'Execution and graph decide with nothing but the language; packages serve those who read and write text.',
    from: {
      path: '^libs/domain/(?!(definition|validation|expressions|plan|templates|generation|front-ends|pipelines)/)',
      pathNot: SPEC,
    },
    to: { path: '^node_modules/' },
  },
  {
    name: 'contracts-know-the-domain-only',
    comment: 'What crosses a process is made of shapes and names.',
    from: { path: '^libs/contracts/', pathNot: SPEC },
    to: { pathNot: '^libs/(domain|contracts)/' },
  },
  {
    name: 'libs-stand-alone',
    comment: 'A library knows domain, contracts, host and its packages, not its neighbours.',
    from: { path: '^libs/([^/]+)/' },
    to: { path: '^libs/', pathNot: '^libs/(domain|contracts|host|$1)/' },
  },
  {
    name: 'libs-below-the-rest',
    comment: 'Libraries know neither Temporal nor the programs.',
    from: { path: '^libs/', pathNot: SPEC },
    to: { path: '^(apps|temporal)/' },
  },
  {
    name: 'workflows-are-sandboxed',
    comment: 'Workflows know domain, contracts, the SDK of workflows, and activities as types only.',
    from: { path: '^temporal/workflows/', pathNot: SPEC },
    to: {
      pathNot: [
        '^temporal/workflows/',
        '^libs/(domain|contracts)/',
        '^node_modules/@temporalio/(workflow|common)/',
      ],
      dependencyTypesNot: ['type-only'],
    },
  },
  {
    name: 'workflows-reach-little',
    comment:
      'Parsers, validators and Node would swell the bundle or break replay, however many imports away.',
    from: { path: '^temporal/workflows/', pathNot: SPEC },
    to: {
      path: [
        '^node_modules/(yaml|ajv|ajv-formats)/',
        '^libs/(?!(domain|contracts)/)',
        '^(apps|test|bench)/',
        BUILT_IN,
      ],
      reachable: true,
    },
  },
  {
    name: 'temporal-sdk-has-its-place',
    comment: 'Only temporal/ knows the SDK; tests and benchmarks may look behind it.',
    from: { pathNot: '^(temporal|test|bench)/' },
    to: { path: SDK },
  },
  {
    name: 'temporal-below-the-programs',
    comment: 'What serves the programs does not know them.',
    from: { path: '^temporal/', pathNot: SPEC },
    to: { path: '^apps/' },
  },
  {
    name: 'queues-stand-alone',
    comment: 'One folder is one task queue: it can be deployed without the others.',
    from: { path: '^temporal/activities/([^/]+)/' },
    to: { path: '^temporal/activities/[^/]+/', pathNot: '^temporal/activities/($1|testing)/' },
  },
  {
    name: 'activities-get-their-world',
    comment: 'Activities receive libraries as ports, by argument, and know no other part of temporal/.',
    from: { path: '^temporal/activities/', pathNot: SPEC },
    to: {
      // What reads reports and judges is pure, and what collects metrics gets its own world by argument.
      path: ['^libs/(?!(domain|contracts|host|gates)/)', '^temporal/(workflows|client|worker|server)/'],
      dependencyTypesNot: ['type-only'],
    },
  },
  {
    name: 'client-and-server-stay-outside',
    comment: 'Who starts runs or servers loads no workflow and no activity.',
    from: { path: '^temporal/(client|server)/', pathNot: SPEC },
    to: { path: '^temporal/(workflows|activities|worker)/' },
  },
  {
    name: 'api-starts-runs-only',
    comment: 'The API knows of Temporal how to start, signal and ask.',
    from: { path: '^apps/api/', pathNot: SPEC },
    to: { path: '^temporal/', pathNot: '^temporal/client/' },
  },
  {
    name: 'clients-speak-contracts',
    comment:
      "Command line and page know the API by its contracts; the command line also reads repositories, judges without a server, and finds the machine's key, and a model may help it.",
    from: { path: '^apps/(cli/(?!local/)|web/)', pathNot: SPEC },
    to: {
      path: [
        '^temporal/',
        '^libs/(?!(domain|contracts|repositories|gates|risk|connectors/model)/|host/default-home\\.ts$)',
      ],
    },
  },
  {
    name: 'pages-read-no-files',
    comment:
      'The page runs in a browser: repositories, judgement and models are the affair of the command line.',
    from: { path: '^apps/web/', pathNot: SPEC },
    to: { path: '^libs/(repositories|gates|risk|connectors|host)/' },
  },
  {
    name: 'local-runs-do-the-actions',
    comment:
      'A run on a laptop does the actions of a worker, by the same code, and needs nothing else of one.',
    from: { path: '^apps/cli/local/', pathNot: SPEC },
    to: { path: ['^temporal/(?!activities/)', '^libs/(?!(domain|contracts|host|connectors|gates|risk)/)'] },
  },
  {
    name: 'command-line-starts-fast',
    comment: 'What does the actions, or judges, is loaded by the commands that need it, when they need it.',
    from: { path: '^apps/cli/(?!(local|rehearsal)/)', pathNot: SPEC },
    to: {
      // What an amount is called costs nothing.
      path: ['^apps/cli/(local|rehearsal)/', '^libs/(gates/(?!gate/condition\\.ts$)|risk/)'],
      dependencyTypesNot: ['type-only', 'dynamic-import'],
    },
  },
  {
    name: 'command-line-without-temporal',
    comment: 'The SDK takes longer to load than most commands to run, however many imports away.',
    from: { path: '^apps/cli/', pathNot: SPEC },
    to: { path: SDK, reachable: true },
  },
  {
    name: 'local-provides-servers',
    comment: 'The local platform starts processes; it does not do their work.',
    from: { path: '^apps/local/', pathNot: SPEC },
    to: { path: ['^temporal/(?!server/)', '^libs/(?!(domain|contracts|host)/|persistence/server/)'] },
  },
  {
    name: 'plugins-need-nothing',
    comment:
      'A plugin is handed what it is made with; what it imports beside itself, whoever copies it would lack.',
    from: { path: '^examples/plugins/([^/]+)/' },
    to: { pathNot: '^examples/plugins/$1/' },
  },
  {
    name: 'programs-stand-alone',
    comment: 'Each program can be built and deployed without the others.',
    from: { path: '^apps/([^/]+)/' },
    to: { path: '^apps/', pathNot: '^apps/$1/' },
  },
];

export default {
  forbidden: forbidden.map((rule) => ({ severity: 'error', ...rule })),
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|coverage)/' },
    parser: 'swc',
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      conditionNames: ['source', 'import', 'node', 'default'],
      exportsFields: ['exports'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
      mainFields: ['main', 'types'],
    },
  },
};
