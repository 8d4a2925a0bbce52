import type { AgentAuth } from '#contracts/agents.js';
import { type FieldError, problemError } from '../http/problem.js';
import type { AgentAuthBody } from './agent.body.js';

export const AGENT_AUTHS = ['none', 'bearer', 'basic', 'api_key', 'oauth2'] as const;

type Field = Exclude<keyof AgentAuthBody, 'type'>;

/** What each way needs, and may have besides. */
const FIELDS: {
  readonly [T in AgentAuth['type']]: { readonly needs: readonly Field[]; readonly may: readonly Field[] };
} = {
  none: { needs: [], may: [] },
  bearer: { needs: ['secret'], may: [] },
  basic: { needs: ['username', 'secret'], may: [] },
  api_key: { needs: ['secret'], may: ['header'] },
  oauth2: { needs: ['tokenUrl', 'clientId', 'secret'], may: ['scopes'] },
};

const DEFAULT_HEADER = 'x-api-key';

/** Throws SluiceError `request-invalid` for what does not belong to this way of authentication, or is missing. */
export function readAuth(body: AgentAuthBody | undefined): AgentAuth {
  if (body === undefined) return { type: 'none' };
  const { needs, may } = FIELDS[body.type];
  const given = (Object.keys(body) as (keyof AgentAuthBody)[]).filter(
    (field): field is Field => field !== 'type' && body[field] !== undefined,
  );
  const errors: FieldError[] = [
    ...needs
      .filter((field) => body[field] === undefined || body[field] === null)
      .map((field) => ({ path: `auth.${field}`, message: `is needed by ${body.type}` })),
    ...given
      .filter((field) => !needs.includes(field) && !may.includes(field))
      .map((field) => ({ path: `auth.${field}`, message: `is nothing that ${body.type} has` })),
  ];
  if (errors.length > 0) {
    const text = errors.map(({ path, message }) => `${path} ${message}`).join('; ');
    throw problemError('request-invalid', `The request is not valid: ${text}.`, { errors });
  }
  const { type, secret = '', username = '', tokenUrl = '', clientId = '' } = body;
  switch (type) {
    case 'none':
      return { type };
    case 'bearer':
      return { type, secret };
    case 'basic':
      return { type, username, secret };
    case 'api_key':
      return { type, header: body.header ?? DEFAULT_HEADER, secret };
    case 'oauth2':
      return { type, tokenUrl, clientId, secret, scopes: body.scopes ?? [] };
  }
}
