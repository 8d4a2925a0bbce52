import { CAPABILITIES, type Capability, type Support } from '#connectors/cicd/platform.js';
import { createPlatforms } from '#connectors/cicd/platforms.js';

const WORDS: Readonly<Record<Capability, string>> = {
  projects: 'Lists projects',
  pipelines: 'Lists pipelines of a project',
  branches: 'Lists branches',
  inputs: 'Says what a pipeline takes',
  find: 'Finds again what was started',
  steps: 'Steps of a job',
  logs: 'Logs',
  'logs-by-offset': 'Logs from an offset on',
  cancel: 'Cancels',
  'retry-all': 'Does all again',
  'retry-failed': 'Does again what failed',
  artifacts: 'Artifacts',
  webhooks: 'Webhooks',
  'signed-webhooks': 'Webhooks are signed',
  'rate-limit': 'Says how much may still be asked',
};

/** The tables of docs/connectors.md: what each platform is, what it can do, and how that is meant. */
export function renderPlatforms(): readonly string[] {
  const platforms = createPlatforms().all.map(({ description }) => description);
  const identity = platforms.map(({ name, title, cloudUrl, auth, permissions, names }) => [
    title,
    `\`${name}\``,
    cloudUrl === undefined ? 'your own' : `\`${cloudUrl}\`, or your own`,
    auth.map((type) => `\`${type}\``).join(', '),
    permissions.join(', '),
    names.project,
    names.pipeline,
  ]);
  const abilities = CAPABILITIES.map((capability) => [
    WORDS[capability],
    ...platforms.map(({ capabilities }) => mark(capabilities[capability])),
  ]);
  const notes = platforms.flatMap(({ title, capabilities }) =>
    CAPABILITIES.flatMap((capability) => {
      const said = explain(capabilities[capability]);
      return said === undefined ? [] : [[title, WORDS[capability], said]];
    }),
  );
  return [
    renderTable(
      ['Platform', '`platform`', 'Address', 'Credentials', 'Permissions', '`project`', '`pipeline`'],
      identity,
    ),
    renderTable(['', ...platforms.map(({ title }) => title)], abilities),
    renderTable(['Platform', '', 'How it is meant, or what to do instead'], notes),
  ];
}

function mark(support: Support): string {
  if (!support.supported) return 'no';
  return support.note === undefined ? 'yes' : 'yes, see below';
}

function explain(support: Support): string | undefined {
  return support.supported ? support.note : `No. ${support.instead}`;
}

function renderTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, ...rows].map(
    (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`,
  );
  return [lines[0]!, `|${'---|'.repeat(head.length)}`, ...lines.slice(1), '']
    .join('\n')
    .replaceAll('|  |', '| |');
}
