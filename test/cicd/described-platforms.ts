import { generateKeyPairSync } from 'node:crypto';
import type { ExecutionReference, PipelineArtifact } from '#contracts/cicd/execution.js';
import type { PlatformAuth } from '#contracts/cicd/integration.js';

/** How a platform is asked where Prism stands for it. */
export interface DescribedPlatform {
  readonly title: string;
  readonly platform: string;
  /** Below the base URL of the platform at Prism. */
  readonly base: string;
  readonly auth: PlatformAuth;
  /** What the references in `auth` stand for. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly target: { readonly project: string; readonly pipeline: string; readonly ref: string };
  readonly reference: ExecutionReference;
  readonly job: string;
  readonly artifact: PipelineArtifact;
  /** Methods that are left out. */
  readonly undescribed?: readonly string[];
  /** Methods that end with an error, by its code, because of what the description gives as an example. */
  readonly ends?: Readonly<Record<string, string>>;
}

const ARTIFACT = { name: 'out', form: 'archive', expired: false } as const;
/** The answer sends a request to a host that the test does not find. */
const ELSEWHERE = 'http-host-not-found';
const CIRCLE_ID = '5034460f-c7c4-4c43-9457-de07e2029e7b';

const TOKEN = { auth: { type: 'token', secret: 'token' }, secrets: { token: 'secret-token' } } as const;

const PLATFORMS: readonly DescribedPlatform[] = [
  {
    title: 'GitHub',
    platform: 'github',
    base: '',
    ...TOKEN,
    target: { project: 'octocat/hello-world', pipeline: 'build.yml', ref: 'main' },
    reference: { project: 'octocat/hello-world', pipeline: 'build.yml', id: '30433642' },
    job: '399444496',
    artifact: { ...ARTIFACT, id: '11' },
    ends: { logs: ELSEWHERE, download: ELSEWHERE },
    undescribed: ['logs from an offset'],
  },
  {
    title: 'GitLab',
    platform: 'gitlab',
    base: '',
    ...TOKEN,
    target: { project: 'acme/app', pipeline: '', ref: 'main' },
    reference: { project: 'acme/app', pipeline: '', id: '47' },
    job: '81',
    artifact: { ...ARTIFACT, id: '81' },
  },
  {
    title: 'Azure DevOps',
    platform: 'azure-devops',
    base: '/acme',
    ...TOKEN,
    target: { project: 'shop', pipeline: 'shop/release', ref: 'main' },
    reference: { project: 'shop', pipeline: 'shop/release', id: '12' },
    job: '2f3a0c1e-0000-4000-8000-00000000000c',
    artifact: { ...ARTIFACT, id: 'out' },
  },
  {
    title: 'CircleCI',
    platform: 'circleci',
    base: '',
    ...TOKEN,
    target: { project: 'gh/acme/app', pipeline: '', ref: 'main' },
    reference: { project: 'gh/acme/app', pipeline: '', id: CIRCLE_ID },
    job: '497f6eca-6276-4993-bfeb-53cbbadca6f0',
    artifact: { ...ARTIFACT, form: 'file', id: '1/0/string' },
    // A file lies at an address of its own, which no description names.
    undescribed: ['download'],
  },
];

/** Those whose requests are others than usual: a platform by its name here, and what is different. */
const OTHERS: readonly (Partial<DescribedPlatform> & Pick<DescribedPlatform, 'title' | 'platform'>)[] = [
  {
    title: 'GitHub, by an app',
    platform: 'github',
    auth: { type: 'github-app', appId: '7', installationId: '8', secret: 'key' },
    secrets: { key: createKey() },
    // They are the same with any token.
    undescribed: ['logs', 'logs from an offset', 'download'],
  },
  {
    title: 'GitLab, by OAuth',
    platform: 'gitlab',
    auth: { type: 'bearer', secret: 'token' },
  },
  {
    title: 'Azure DevOps, a pipeline by its number',
    platform: 'azure-devops',
    target: { project: 'shop', pipeline: '3', ref: 'refs/tags/v1' },
  },
  {
    title: 'CircleCI, with a definition of its own',
    platform: 'circleci',
    target: { project: `circleci/${CIRCLE_ID}/${CIRCLE_ID}`, pipeline: CIRCLE_ID, ref: 'main' },
    // The answer says why nothing was started.
    ends: { trigger: 'pipeline-not-started', 'trigger at the usual branch': 'pipeline-not-started' },
    reference: { project: `circleci/${CIRCLE_ID}/${CIRCLE_ID}`, pipeline: CIRCLE_ID, id: CIRCLE_ID },
  },
];

export const DESCRIBED: readonly DescribedPlatform[] = [
  ...PLATFORMS,
  ...OTHERS.map((other) => ({ ...PLATFORMS.find(({ platform }) => platform === other.platform)!, ...other })),
];

function createKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}
