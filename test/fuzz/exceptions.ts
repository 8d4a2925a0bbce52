/** What a check may not be asked of an operation, and why. */
export interface Exception {
  readonly check:
    | 'positive_data_acceptance'
    | 'allow_header_conformance'
    | 'ensure_resource_availability'
    | 'unsupported_method';
  /** By their ids in the description. */
  readonly operations: readonly string[];
  /** Answers that are right as well; the check is off where there are none. */
  readonly statuses?: readonly string[];
  readonly reason: string;
}

/** docs/fuzzing.md has a row of each. */
export const EXCEPTIONS: readonly Exception[] = [
  {
    check: 'positive_data_acceptance',
    operations: [
      'failureList',
      'failureReadStatistics',
      'runListList',
      'runListStatistics',
      'freezeCreate',
      'pipelineList',
      'pipelineStatistics',
    ],
    statuses: ['400'],
    reason: 'Of two moments one must be before the other.',
  },
  {
    check: 'positive_data_acceptance',
    operations: ['agentCreate', 'agentChange'],
    statuses: ['400'],
    reason: 'Which properties `auth` has depends on its `type`; addresses must be those of a web server.',
  },
  {
    check: 'positive_data_acceptance',
    operations: [
      'discoverProjects',
      'discoverPipelines',
      'discoverBranches',
      'discoverInputs',
      'pipelineJobs',
      'pipelineLogs',
      'pipelineCancel',
      'pipelineRetry',
    ],
    statuses: ['424'],
    reason: 'They ask a platform, which may be away, or refuse the credentials.',
  },
  {
    check: 'positive_data_acceptance',
    operations: ['integrationCreate', 'integrationChange'],
    statuses: ['400'],
    reason: 'Platforms are those that are known; which `auth` and `options` fit depends on the platform.',
  },
  {
    check: 'positive_data_acceptance',
    operations: ['webhookCreate', 'webhookChange'],
    statuses: ['400'],
    reason: 'Which properties `scheme` and `action` have depends on their `type`; expressions are read.',
  },
  {
    check: 'positive_data_acceptance',
    operations: ['scheduleCreate', 'scheduleChange', 'scheduleOperationPreview', 'scheduleOperationBackfill'],
    statuses: ['400'],
    reason: 'Times, distances and time zones fit together, and there is a moment at which it fires.',
  },
  {
    check: 'positive_data_acceptance',
    operations: ['assessmentAssess', 'riskEnvironmentSet', 'riskOutcomeNote'],
    statuses: ['400', '404'],
    reason:
      'Not more deployments fail than there are; a duration and a moment have forms of their own; environments have names that can be written everywhere; only of what was assessed anything is noted.',
  },
  {
    check: 'positive_data_acceptance',
    operations: ['riskModelReplace'],
    statuses: ['400', '422'],
    reason: 'A model is what was trained, with a digest that fits.',
  },
  {
    check: 'positive_data_acceptance',
    operations: ['gateBypassCreate'],
    statuses: ['400'],
    reason: 'A duration has more forms than a pattern says; a bypass lasts seven days at most.',
  },
  {
    check: 'positive_data_acceptance',
    operations: ['gateSave', 'gateResultEvaluate'],
    statuses: ['400'],
    reason: 'A new gate has a name that can be written everywhere, and so have labels; numbers are finite.',
  },
  {
    check: 'positive_data_acceptance',
    operations: ['apiKeyCreate'],
    statuses: ['400'],
    reason: 'A key has roles or stands for a person, and expires in the future.',
  },
  {
    check: 'positive_data_acceptance',
    operations: ['userCreate'],
    statuses: ['400'],
    reason: '`issuer` and `subject` come together.',
  },
  {
    check: 'positive_data_acceptance',
    operations: ['personalDataErase'],
    statuses: ['400'],
    reason: 'The pseudonym must not hold the name.',
  },
  {
    check: 'positive_data_acceptance',
    operations: ['retentionSet', 'retentionDryRun'],
    statuses: ['400'],
    reason: 'Each kind is named once.',
  },
  {
    check: 'positive_data_acceptance',
    operations: ['settingsChange'],
    statuses: ['400'],
    reason: 'A duration of ISO 8601 has more forms than a pattern says.',
  },
  {
    check: 'positive_data_acceptance',
    operations: ['liveSocket'],
    statuses: ['426'],
    reason: 'Only a WebSocket can be had there, which schemathesis does not speak.',
  },
  {
    check: 'allow_header_conformance',
    operations: ['planValidate', 'planPlanText', 'templateExtract', 'userMe', 'scheduleOperationPreview'],
    reason:
      'The address is also that of a thing of this name: `DELETE /api/v1/workflows/plan` removes the workflow `plan`, and `Allow` says so.',
  },
  {
    check: 'unsupported_method',
    operations: ['hookReceive', 'platformHookReceive'],
    reason:
      'Senders of events have no credentials, and whoever shows none is told 401 of every method that there is not.',
  },
  {
    check: 'ensure_resource_availability',
    operations: ['projectGet'],
    reason:
      'Projects are made as the administrator of all, and read as one who is not in them, who does not see them.',
  },
];
