import 'reflect-metadata';
import { plainToInstance, Transform } from 'class-transformer';
import {
  IsIn,
  IsInt,
  IsOptional,
  IsUrl,
  isIP,
  Matches,
  Max,
  Min,
  ValidateBy,
  validateSync,
} from 'class-validator';
import { readEncryptionKeys } from '#connectors/secrets/encryption-keys.js';
import { refuseUnknownSettings, type SettingName } from '#contracts/settings.js';
import { SluiceError } from '#domain/errors.js';
import { parseRoles } from './http/roles.js';

const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];
const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
const toNumber = Transform(({ value }) => (/^\d{1,9}$/.test(String(value)) ? Number(value) : value));

/** What the environment says, checked. */
export class Configuration {
  @Matches(/^postgres(ql)?:\/\/\S+$/, {
    message: 'must be set, as postgres://user:password@host:port/database',
  })
  databaseUrl: string;

  @toNumber
  @IsInt()
  @Min(1)
  @Max(500)
  databasePool: number;

  /** Event streams that this process keeps open at most, and of one caller. */
  @toNumber
  @IsInt()
  @Min(1)
  @Max(100_000)
  streams: number;

  @toNumber
  @IsInt()
  @Min(1)
  @Max(100_000)
  callerStreams: number;

  @Matches(/^[^\s:/]+:\d{1,5}$|^\[[0-9a-f:]+\]:\d{1,5}$/i, { message: 'must be host:port' })
  temporalAddress: string;

  @Matches(/^\S+$/, { message: 'must be a name' })
  temporalNamespace: string;

  /** Whether the API may listen where other machines reach it. */
  @IsIn(['true', 'false'])
  open: 'true' | 'false';

  @ValidateBy({
    name: 'host',
    validator: {
      validate: (host, where) =>
        LOOPBACK.includes(host) ||
        ((where?.object as Configuration | undefined)?.open === 'true' && isIP(host)),
      defaultMessage: () =>
        `must be a loopback address (${LOOPBACK.join(', ')}): the API has no authentication yet, so whoever reaches it may run commands; with SLUICE_OPEN=true it may be any IP address`,
    },
  })
  host: string;

  /** 0 lets the system choose. */
  @toNumber
  @IsInt()
  @Min(0)
  @Max(65_535)
  port: number;

  @IsOptional()
  @IsUrl({ require_tld: false, protocols: ['http', 'https'], require_protocol: true })
  uiUrl: string | undefined;

  @IsIn(LOG_LEVELS)
  logLevel: (typeof LOG_LEVELS)[number];

  /** Who has which roles, as `parseRoles` reads it. */
  @ValidateBy({
    name: 'roles',
    validator: {
      validate: (text) => parseRoles(String(text)).ok,
      defaultMessage: (where) => {
        const parsed = parseRoles(String(where?.value));
        return parsed.ok ? '' : parsed.message;
      },
    },
  })
  roles: string;

  /** Milliseconds between two looks of the reconciler. */
  @toNumber
  @IsInt()
  @Min(100)
  @Max(3_600_000)
  reconcileMs: number;

  @ValidateBy({
    name: 'encryptionKeys',
    validator: { validate: isEncryptionKeys, defaultMessage: () => 'must be `id:base64` of 32 bytes each' },
  })
  encryptionKeys: string;
}

function isEncryptionKeys(text: string): boolean {
  try {
    readEncryptionKeys(text);
    return true;
  } catch {
    return false;
  }
}

const VARIABLES = {
  databaseUrl: 'DATABASE_URL',
  databasePool: 'SLUICE_DATABASE_POOL',
  streams: 'SLUICE_STREAMS',
  callerStreams: 'SLUICE_CALLER_STREAMS',
  temporalAddress: 'TEMPORAL_ADDRESS',
  temporalNamespace: 'TEMPORAL_NAMESPACE',
  open: 'SLUICE_OPEN',
  host: 'SLUICE_HOST',
  port: 'SLUICE_PORT',
  uiUrl: 'SLUICE_UI_URL',
  logLevel: 'SLUICE_LOG_LEVEL',
  roles: 'SLUICE_ROLES',
  reconcileMs: 'SLUICE_RECONCILE_MS',
  encryptionKeys: 'SLUICE_ENCRYPTION_KEYS',
} as const satisfies Record<keyof Configuration, SettingName>;

const DEFAULTS = {
  databasePool: '10',
  streams: '5000',
  callerStreams: '1000',
  temporalAddress: '127.0.0.1:7233',
  temporalNamespace: 'default',
  open: 'false',
  host: '127.0.0.1',
  port: '3000',
  logLevel: 'info',
  roles: '*=admin',
  reconcileMs: '15000',
  encryptionKeys: '',
};

/** Throws SluiceError `setting-unknown` or `configuration-invalid`, the latter with everything that is wrong. */
export function readConfiguration(env: Readonly<Record<string, string | undefined>>): Configuration {
  refuseUnknownSettings(env);
  const given = Object.entries(VARIABLES)
    .map(([property, variable]) => [property, env[variable]] as const)
    .filter(([, value]) => value !== undefined && value !== '');
  const configuration = plainToInstance(Configuration, { ...DEFAULTS, ...Object.fromEntries(given) });
  const errors = validateSync(configuration);
  if (errors.length === 0) return configuration;
  // Values stay out of the message: an address may hold a password.
  const wrong = errors.map((error) => {
    const variable = VARIABLES[error.property as keyof Configuration];
    const texts = Object.values(error.constraints ?? {}).map((text) =>
      text.replace(`${error.property} `, ''),
    );
    return `${variable} ${texts.join(', ')}`;
  });
  throw new SluiceError({
    code: 'configuration-invalid',
    fault: 'user',
    message: `The configuration is not valid: ${wrong.join('; ')}.`,
    hint: 'Correct these variables of the environment and start again.',
  });
}
