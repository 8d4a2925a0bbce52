import type { IntegrationHealth, IntegrationSync, IntegrationView } from '#contracts/rest/integrations.js';
import type { Page } from '#contracts/rest/page.js';
import type { Discovered } from '../server/integrations-api.js';
import { toPlainText } from './plain-text.js';
import type { Style } from './style.js';
import { renderTable } from './table.js';

export function renderIntegrations(items: readonly IntegrationView[], style: Style): string[] {
  if (items.length === 0)
    return [
      'no integration yet; connect one: sluice integrations set NAME --platform github --auth token --secret env:…',
    ];
  const rows = items.map(({ name, platform, baseUrl, status, health }) => [
    toPlainText(name),
    platform,
    status === 'disabled' ? 'disabled' : (health?.state ?? 'not tested yet'),
    toPlainText(baseUrl),
  ]);
  return renderTable(['NAME', 'PLATFORM', 'HEALTH', 'BASE URL'], rows, style);
}

export function renderIntegration(integration: IntegrationView): string[] {
  const { name, platform, baseUrl, auth, options, status, sync, hook, health, synced } = integration;
  const fact = (label: string, value: string | undefined) =>
    value === undefined ? [] : [`${label.padEnd(12)}${toPlainText(value)}`];
  return [
    ...fact('name', name),
    ...fact('description', integration.description),
    ...fact('platform', platform),
    ...fact('base URL', baseUrl),
    ...fact('auth', `${auth.type}, ${auth.secret}`),
    ...fact('options', Object.keys(options).length === 0 ? undefined : JSON.stringify(options)),
    ...fact('proxy', integration.proxy),
    ...fact('authorities', integration.authorities === undefined ? undefined : 'of its own'),
    ...fact('status', status),
    ...fact('watches', sync.length === 0 ? undefined : sync.map(formatWatched).join(', ')),
    ...fact('webhooks', hook?.path),
    ...fact('refused', hook?.lastRefusal && `${hook.lastRefusal.reason} at ${hook.lastRefusal.at}`),
    ...fact('health', health && `${health.state} at ${health.checkedAt}${said(health.message)}`),
    ...fact('synced', synced && `${synced.executions} executions at ${synced.at}${said(synced.message)}`),
  ];
}

export function renderHealth(name: string, health: IntegrationHealth): string[] {
  const { state, ms, account, version, missing, message } = health;
  const whom = account === undefined ? '' : ` as ${account}`;
  const what = version === undefined ? '' : `, version ${version}`;
  return [
    toPlainText(`integration ${name} is ${state}${whom}${what} (${ms} ms).${said(message, ' ')}`),
    ...missing.map((permission) => toPlainText(`missing: ${permission}`)),
  ];
}

export function renderSync(name: string, { executions, message }: IntegrationSync): string[] {
  return [toPlainText(`integration ${name}: ${executions} executions.${said(message, ' ')}`)];
}

export function renderDiscovered<What extends keyof Discovered>(
  what: What,
  { items, next }: Page<Discovered[What]>,
  style: Style,
): string[] {
  if (items.length === 0) return [`no ${what}`];
  const [heading, cells] = COLUMNS[what];
  const rows = items.map((item) => cells(item).map(toPlainText));
  const more = next === undefined ? [] : [toPlainText(`there are more: --after ${next}`)];
  return [...renderTable(heading, rows, style), ...more];
}

const COLUMNS: {
  readonly [What in keyof Discovered]: readonly [
    heading: readonly string[],
    cells: (item: Discovered[What]) => readonly string[],
  ];
} = {
  projects: [
    ['PROJECT', 'BRANCH', 'TITLE'],
    ({ name, defaultBranch = '', title }) => [name, defaultBranch, title],
  ],
  pipelines: [
    ['PIPELINE', '', 'TITLE'],
    ({ name, enabled, title }) => [name, enabled ? '' : 'disabled', title],
  ],
  branches: [['BRANCH', 'COMMIT'], ({ name, commit = '' }) => [name, commit]],
  inputs: [
    ['INPUT', 'TYPE', '', 'DEFAULT', 'DESCRIPTION'],
    ({ name, type, required, default: usual, choices, description = '' }) => [
      name,
      choices === undefined ? type : choices.join(' | '),
      required ? 'required' : '',
      usual === undefined ? '' : JSON.stringify(usual),
      description,
    ],
  ],
};

function formatWatched({ project, pipeline }: IntegrationView['sync'][number]): string {
  return pipeline === undefined ? project : `${project}#${pipeline}`;
}

function said(message: string | undefined, before = ': '): string {
  return message === undefined ? '' : `${before}${message}`;
}
