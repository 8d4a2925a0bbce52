import type { ExecutionReference, PipelineArtifact } from '#contracts/cicd/execution.js';
import type { PlatformAuth } from '#contracts/cicd/integration.js';

/** How a platform is asked where Prism stands for it. */
export interface DescribedPlatform {
  readonly platform: string;
  /** Below the base URL of the platform at Prism. */
  readonly base: string;
  readonly auth: PlatformAuth;
  readonly target: { readonly project: string; readonly pipeline: string; readonly ref: string };
  readonly reference: ExecutionReference;
  readonly job: string;
  readonly artifact: PipelineArtifact;
  /** Methods whose requests the description has not. */
  readonly undescribed?: readonly string[];
  /** Methods that end at an address that the description gives as an example. */
  readonly elsewhere?: readonly string[];
}

const ARTIFACT = { name: 'out', form: 'archive', expired: false } as const;
const CIRCLE_ID = '5034460f-c7c4-4c43-9457-de07e2029e7b';

export const DESCRIBED: readonly DescribedPlatform[] = [
  {
    platform: 'github',
    base: '',
    auth: { type: 'token', secret: 'token' },
    target: { project: 'octocat/hello-world', pipeline: 'build.yml', ref: 'main' },
    reference: { project: 'octocat/hello-world', pipeline: 'build.yml', id: '30433642' },
    job: '399444496',
    artifact: { ...ARTIFACT, id: '11' },
    elsewhere: ['logs', 'download'],
  },
  {
    platform: 'gitlab',
    base: '',
    auth: { type: 'token', secret: 'token' },
    target: { project: 'acme/app', pipeline: '', ref: 'main' },
    reference: { project: 'acme/app', pipeline: '', id: '47' },
    job: '81',
    artifact: { ...ARTIFACT, id: '81' },
  },
  {
    platform: 'azure-devops',
    base: '/acme',
    auth: { type: 'token', secret: 'token' },
    target: { project: 'shop', pipeline: 'shop/release', ref: 'main' },
    reference: { project: 'shop', pipeline: 'shop/release', id: '12' },
    job: '2f3a0c1e-0000-4000-8000-00000000000c',
    artifact: { ...ARTIFACT, id: 'out' },
  },
  {
    platform: 'circleci',
    base: '',
    auth: { type: 'token', secret: 'token' },
    target: { project: 'gh/acme/app', pipeline: '', ref: 'main' },
    reference: { project: 'gh/acme/app', pipeline: '', id: CIRCLE_ID },
    job: '497f6eca-6276-4993-bfeb-53cbbadca6f0',
    artifact: { ...ARTIFACT, form: 'file', id: '1/0/string' },
    // A file lies at an address of its own, which no description names.
    undescribed: ['download'],
  },
];
