import { type DestinationStream, type Logger, pino } from 'pino';
import { createPlatforms } from '#connectors/cicd/platforms.js';
import { loadPlugins } from '#connectors/cicd/plugins/load-plugins.js';
import { deriveEncryptionKey } from '#connectors/secrets/encryption-keys.js';
import { isSluiceError, SluiceError } from '#domain/errors.js';
import { createDataSource } from '#persistence/data-source.js';
import { migrate } from '#persistence/migrate.js';
import { createRunGateway } from '#temporal/client/run-gateway.js';
import { startTracing } from '../../libs/telemetry/tracing.js';
import { provideAdminKey } from './auth/admin-key.js';
import { type Configuration, readConfiguration } from './configuration.js';
import { createApi } from './create-api.js';

/** How long what is on its way may take once the process is told to stop. */
const STOP_MS = 15_000;

await main();

async function main(): Promise<void> {
  let logger: Logger = pino(pino.destination({ dest: 1, sync: true }));
  try {
    const configuration = readConfiguration(process.env);
    logger = createLogger(configuration);
    const { url, close } = await start(configuration, logger);
    stopOnDemand(close, logger);
    logger.info({ url }, 'the API is ready');
    process.send?.({ type: 'ready', url });
  } catch (error) {
    const known = isSluiceError(error) ? { code: error.code, hint: error.hint } : { err: error };
    logger.fatal(known, error instanceof Error ? error.message : String(error));
    process.exit(1);
  }
}

function createLogger(configuration: Configuration): Logger {
  const destination: DestinationStream = pino.destination({ dest: 1, sync: true });
  return pino({ level: configuration.logLevel, base: { process: 'api' } }, destination);
}

async function start(
  configuration: Configuration,
  logger: Logger,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const platforms = createPlatforms(await loadPlugins(configuration.plugins));
  const dataSource = createDataSource(configuration.databaseUrl, configuration.database);
  await dataSource.initialize().catch((cause: unknown) => {
    throw new SluiceError({
      code: 'database-unavailable',
      fault: 'operational',
      message: 'The database of DATABASE_URL cannot be reached.',
      hint: 'Start Postgres, or correct DATABASE_URL.',
      cause,
    });
  });
  await migrate(dataSource);
  const adminKey = await provideAdminKey({ dataSource, ...configuration });
  if (adminKey?.created === true) announce(adminKey, configuration, logger);
  const gateway = await createRunGateway({
    address: configuration.temporalAddress,
    namespace: configuration.temporalNamespace,
    encryptionKeys: configuration.encryptionKeys,
  });
  const tracing = await startTracing({
    service: 'sluice-api',
    endpoint: configuration.tracesTo,
    warn: (message) => logger.warn(message),
  });
  const app = await createApi({
    configuration: withAdminKey(configuration, adminKey?.text),
    dataSource,
    gateway,
    logger,
    tracing,
    platforms,
  });
  await app.listen(configuration.port, configuration.host).catch((cause: unknown) => {
    throw listenError(configuration, cause);
  });
  return {
    url: await app.getUrl(),
    close: async () => {
      await app.close();
      await gateway.close();
      await dataSource.destroy();
      await tracing.close();
    },
  };
}

/** On a person's own machine the administrator's key stands in for the secrets that were not set. */
function withAdminKey(configuration: Configuration, key: string | undefined): Configuration {
  const { authSecret, encryptionKeys, loopback } = configuration;
  const own = loopback && key !== undefined ? [deriveEncryptionKey(key, 'sluice admin key')] : [];
  return { ...configuration, authSecret: authSecret ?? key, sealingKeys: [...encryptionKeys, ...own] };
}

/** On a person's own machine it is shown, this once; elsewhere what a process says is kept and read by many. */
function announce(
  { file, text }: { readonly file: string; readonly text: string },
  { loopback }: Configuration,
  logger: Logger,
): void {
  logger.info({ file }, "the administrator's key was made");
  // Whoever started this process as its child, as `npm start` does, shows it in its own words.
  if (loopback && process.send === undefined) {
    process.stderr.write(`The administrator's key, shown this once and kept in ${file}:\n\n  ${text}\n\n`);
  }
}

function listenError({ host, port }: Configuration, cause: unknown): unknown {
  if ((cause as { code?: unknown }).code !== 'EADDRINUSE') return cause;
  return new SluiceError({
    code: 'port-in-use',
    fault: 'operational',
    message: `Port ${port} of ${host} is in use.`,
    hint: 'Stop the program that listens there, or choose another port with SLUICE_PORT.',
    cause,
  });
}

/** By signal, or when the process that started this one is gone. */
function stopOnDemand(close: () => Promise<void>, logger: Logger): void {
  let stopping = false;
  const stop = (reason: string) => {
    if (stopping) return;
    stopping = true;
    logger.info({ reason }, 'stopping');
    setTimeout(() => process.exit(1), STOP_MS).unref();
    close().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'stopping failed');
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop(signal));
  process.on('disconnect', () => stop('disconnect'));
}
