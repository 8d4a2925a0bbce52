import type { Command } from 'commander';
import type { VersionName, WorkflowVersionView } from '#contracts/rest/workflows.js';
import { type CommandContext, reportError, writeLines } from '../context.js';
import { EXIT, EXIT_HELP, type ExitCode } from '../exit-codes.js';
import { meansFile, readDefinitionFile } from '../input/definition-file.js';
import { parseNamedVersion } from '../input/named-version.js';
import { usageError } from '../input/usage-error.js';
import type { Api } from '../server/api.js';
import { toPlainText, toSafeJson } from '../view/plain-text.js';
import { styleOf } from '../view/style.js';

interface PublishOptions {
  readonly asVersion?: string;
  readonly reason: string;
  readonly json?: boolean;
}

/** In place of a semantic version: the one that the differences suggest. */
const NEXT = 'next';

export function addPublishCommand(program: Command, context: CommandContext): void {
  program
    .command('publish')
    .description('Publishes a version under a semantic version; nothing changes it afterwards.')
    .argument('<workflow>', 'a stored workflow, as release or release@7, or a file, which is stored first')
    .option('--as-version <semver>', `1.4.0, or ${NEXT}: by what has changed; where absent, that is said`)
    .requiredOption('--reason <text>', 'why; kept with the version')
    .option('--json', 'print what the server answered')
    .addHelpText('after', EXIT_HELP)
    .action((workflow: string, options: PublishOptions) =>
      context.perform(options, () => publish(workflow, options, context)),
    );
}

interface Target {
  readonly workflow: string;
  readonly version: VersionName;
}

async function publish(
  argument: string,
  { asVersion, reason, json }: PublishOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const api = context.api();
  const file = meansFile(argument) ? await readDefinitionFile(argument) : undefined;
  let target: Target;
  try {
    target =
      file === undefined
        ? await findStored(argument, api)
        : toTarget(await api.saveWorkflow(file.text, file.format));
  } catch (error) {
    return reportError(error, context.console, json === true, file);
  }
  const version = await chooseSemVer(target, asVersion, api);
  const published =
    version === undefined
      ? await api.getVersion(target.workflow, target.version)
      : await api.publish(target.workflow, target.version, { version, reason });
  const { out } = context.console;
  const lines =
    json === true ? [toSafeJson(published, 2)] : renderPublished(target.workflow, published).map(toPlainText);
  writeLines(out, json === true ? lines : [styleOf(out).good(lines[0]!), ...lines.slice(1)]);
  return EXIT.ok;
}

/** Nothing where the next one is asked for, and it was published already. */
async function chooseSemVer(
  target: Target,
  asked: string | undefined,
  api: Api,
): Promise<string | undefined> {
  if (asked !== undefined && asked !== NEXT) return asked;
  const suggestion = await suggest(target, api);
  if (asked === NEXT) return suggestion?.semver;
  if (suggestion === undefined) {
    throw usageError(
      'No version can be suggested: it was published already.',
      `Look at it: sluice versions ${target.workflow}`,
    );
  }
  const { semver, since } = suggestion;
  throw usageError(
    `It must be said as which version it is published; ${semver} fits: ${since}.`,
    `Add --as-version ${semver}, or a greater one.`,
  );
}

function toTarget({ name, latestVersion }: { name: string; latestVersion: number }): Target {
  return { workflow: name, version: latestVersion };
}

async function findStored(argument: string, api: Api): Promise<Target> {
  const { workflow, version } = parseNamedVersion(argument);
  return version === undefined ? toTarget(await api.getWorkflow(workflow)) : { workflow, version };
}

interface Suggestion {
  readonly semver: string;
  readonly since: string;
}

async function suggest({ workflow, version }: Target, api: Api): Promise<Suggestion | undefined> {
  const { bump, from, next } = await api.diff(workflow, { to: version });
  if (next === undefined) return undefined;
  const since =
    from.publishedAs === undefined ? 'nothing was published before' : `${bump} since ${from.publishedAs}`;
  return { semver: next, since };
}

function renderPublished(workflow: string, { version, published, aliases }: WorkflowVersionView): string[] {
  const named = aliases.length === 0 ? '' : `, named by ${aliases.join(', ')}`;
  return [
    `${workflow} v${version} is published as ${published?.as}${named}`,
    ...(published?.sameAs === undefined ? [] : [`  it means the same as ${published.sameAs.join(', ')}`]),
  ];
}
