import type { RepositoryAddress } from './repository-address.js';

const SETTINGS: readonly (readonly [string, string])[] = [
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['protocol.ext.allow', 'never'],
  ['credential.helper', ''],
  ['advice.detachedHead', 'false'],
  ['init.defaultBranch', 'main'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  ['submodule.recurse', 'false'],
  ['fetch.recurseSubmodules', 'false'],
  // A peer that sends nothing for a minute.
  ['http.lowSpeedLimit', '1'],
  ['http.lowSpeedTime', '60'],
];

interface GitEnvironmentOptions {
  readonly address: RepositoryAddress;
  /** The only configuration file that git reads. */
  readonly configuration: string;
  /** Value of the Authorization header; it goes to the repository's own origin only. */
  readonly authorization?: string;
}

/**
 * Environment in which git asks nobody, runs no hooks, knows no machine's configuration, and finds the credentials,
 * which so stay out of argv and of every file. `protocols`: what may be fetched by.
 */
export function createGitEnvironment(options: GitEnvironmentOptions): Record<string, string> {
  const { address, authorization, configuration } = options;
  const settings = [...SETTINGS];
  if (authorization !== undefined && address.origin !== undefined) {
    settings.push([`http.${address.origin}/.extraHeader`, `Authorization: ${authorization}`]);
  }
  return {
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: configuration,
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '',
    SSH_ASKPASS: '',
    // A remote repository must not reach the worker's disk by way of its submodules.
    GIT_ALLOW_PROTOCOL: address.local ? 'https:http:ssh:git:file' : 'https:http:ssh:git',
    GIT_SSH_COMMAND: 'ssh -oBatchMode=yes',
    GIT_CONFIG_COUNT: String(settings.length),
    ...Object.fromEntries(
      settings.flatMap(([key, value], index) => [
        [`GIT_CONFIG_KEY_${index}`, key],
        [`GIT_CONFIG_VALUE_${index}`, value],
      ]),
    ),
  };
}
