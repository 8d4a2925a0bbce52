import type { PlatformDescription } from '#connectors/cicd/platform.js';
import type { PlatformAuth } from '#contracts/cicd/integration.js';
import { type FieldError, problemError } from '../http/problem.js';
import type { PlatformAuthBody } from './integration.body.js';

export const PLATFORM_AUTHS = ['token', 'basic', 'bearer', 'oauth2', 'github-app'] as const;

type Field = Exclude<keyof PlatformAuthBody, 'type' | 'secret'>;

/** What each way needs beside the secret, and may have. */
const FIELDS: {
  readonly [T in PlatformAuth['type']]: { readonly needs: readonly Field[]; readonly may: readonly Field[] };
} = {
  token: { needs: [], may: [] },
  basic: { needs: ['username'], may: [] },
  bearer: { needs: [], may: [] },
  oauth2: { needs: ['tokenUrl', 'clientId'], may: ['scopes'] },
  'github-app': { needs: ['appId', 'installationId'], may: [] },
};

/** Throws SluiceError `request-invalid` for a way that the platform does not know, and for fields that it has not, or needs. */
export function readAuth(body: PlatformAuthBody, { title, auth }: PlatformDescription): PlatformAuth {
  const { needs, may } = FIELDS[body.type];
  const given = (Object.keys(body) as (keyof PlatformAuthBody)[]).filter(
    (field): field is Field => field !== 'type' && field !== 'secret' && body[field] !== undefined,
  );
  refuse([
    ...(auth.includes(body.type)
      ? []
      : [{ path: 'auth.type', message: `is no way to ask ${title}, which takes ${auth.join(', ')}` }]),
    ...needs
      .filter((field) => body[field] === undefined)
      .map((field) => ({ path: `auth.${field}`, message: `is needed by ${body.type}` })),
    ...given
      .filter((field) => !needs.includes(field) && !may.includes(field))
      .map((field) => ({ path: `auth.${field}`, message: `is nothing that ${body.type} has` })),
  ]);
  const { type, secret, username = '', tokenUrl = '', clientId = '' } = body;
  switch (type) {
    case 'token':
    case 'bearer':
      return { type, secret };
    case 'basic':
      return { type, username, secret };
    case 'oauth2':
      return { type, tokenUrl, clientId, secret, scopes: body.scopes ?? [] };
    case 'github-app':
      return { type, appId: body.appId ?? '', installationId: body.installationId ?? '', secret };
  }
}

function refuse(errors: readonly FieldError[]): void {
  if (errors.length === 0) return;
  const text = errors.map(({ path, message }) => `${path} ${message}`).join('; ');
  throw problemError('request-invalid', `The request is not valid: ${text}.`, { errors });
}
