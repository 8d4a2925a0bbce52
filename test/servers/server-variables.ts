/** Names of the variables by which tests find real servers; `<name>_MISSING` says why there is none. */
export const SERVER_VARIABLES = {
  gitea: 'SLUICE_TEST_GITEA',
  hudson: 'SLUICE_TEST_HUDSON',
  prometheus: 'SLUICE_TEST_PROMETHEUS',
} as const;
