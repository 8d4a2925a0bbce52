import type { Connection } from '#connectors/cicd/connection.js';
import {
  CAPABILITIES,
  type Capability,
  type Platform,
  type PlatformClient,
  type Support,
} from '#connectors/cicd/platform.js';
import { createPlatforms, type Platforms } from '#connectors/cicd/platforms.js';

type Answers = (connection: Connection) => Partial<PlatformClient>;

/** `sample`, whose client answers as the test says, and `sample-own`, which has no cloud. */
export function createSamplePlatforms(
  answers: Answers = () => ({}),
  more: Partial<Pick<Platform, 'verifyWebhook' | 'parseEvent'>> = {},
): Platforms {
  const supported: Support = { supported: true };
  const capabilities = Object.fromEntries(CAPABILITIES.map((name) => [name, supported])) as Record<
    Capability,
    Support
  >;
  const description = {
    name: 'sample',
    title: 'Sample',
    cloudUrl: 'https://sample.example/api',
    auth: ['token', 'basic', 'github-app', 'oauth2'],
    permissions: ['builds:read', 'builds:write'],
    options: {
      type: 'object',
      properties: { organization: { type: 'string', maxLength: 40 } },
      additionalProperties: false,
    },
    names: { project: 'a repository: acme/app', pipeline: 'a file: build.yml' },
    settleMs: 1_000,
    capabilities: { ...capabilities, branches: { supported: false, instead: 'Name the branch yourself.' } },
  } as const;
  const { cloudUrl: _, ...own } = description;
  const platform: Platform = {
    description,
    connect: (connection) => answers(connection) as PlatformClient,
    verifyWebhook: () => ({ valid: false, reason: 'signature-missing' }),
    parseEvent: () => {
      throw new Error('no event was expected');
    },
    ...more,
  };
  return createPlatforms([
    platform,
    { ...platform, description: { ...own, name: 'sample-own', title: 'Sample Own', auth: ['token'] } },
  ]);
}
