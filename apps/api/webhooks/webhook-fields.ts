import type { WebhookAction, WebhookScheme } from '#contracts/webhooks.js';
import { type FieldError, problemError } from '../http/problem.js';
import type { ActionBody, SchemeBody } from './webhook.body.js';

interface FieldRules<Field extends string> {
  readonly needs: readonly Field[];
  readonly may: readonly Field[];
}

type SchemeField = Exclude<keyof SchemeBody, 'type'>;

const SCHEME_FIELDS: { readonly [T in WebhookScheme['type']]: FieldRules<SchemeField> } = {
  github: { needs: [], may: [] },
  gitlab: { needs: [], may: ['signedEvents'] },
  'standard-webhooks': { needs: [], may: ['toleranceS'] },
  hmac: {
    needs: ['header'],
    may: [
      'algorithm',
      'encoding',
      'prefix',
      'signed',
      'timestampHeader',
      'toleranceS',
      'idHeader',
      'typeHeader',
    ],
  },
};

type ActionField = Exclude<keyof ActionBody, 'type'>;

const ACTION_FIELDS: { readonly [T in WebhookAction['type']]: FieldRules<ActionField> } = {
  start: { needs: ['workflow'], may: ['version', 'inputs', 'freeze'] },
  send: { needs: ['event'], may: ['data', 'run'] },
};

const DEFAULT_TOLERANCE_S = 300;

/** Throws SluiceError `request-invalid` for what the scheme does not have, or is missing. */
export function readScheme(body: SchemeBody): WebhookScheme {
  refuseFields('scheme', body, SCHEME_FIELDS[body.type]);
  const { type, toleranceS = DEFAULT_TOLERANCE_S } = body;
  switch (type) {
    case 'github':
      return { type };
    case 'gitlab':
      return { type, signedEvents: body.signedEvents ?? false };
    case 'standard-webhooks':
      return { type, toleranceS };
    case 'hmac':
      return {
        type,
        header: (body.header ?? '').toLowerCase(),
        algorithm: body.algorithm ?? 'sha256',
        encoding: body.encoding ?? 'hex',
        prefix: body.prefix ?? '',
        signed: readSigned(body),
        toleranceS,
        ...readHeaderNames(body),
      };
  }
}

/** Throws SluiceError `request-invalid` for what the action does not have, or is missing. */
export function readAction(body: ActionBody): WebhookAction {
  refuseFields('action', body, ACTION_FIELDS[body.type]);
  const { type, version, inputs = {}, freeze, event = '', data, run } = body;
  if (type === 'send') {
    return { type, event, data: data ?? '${{ body }}', ...(run === undefined ? {} : { run }) };
  }
  return {
    type,
    ...(version === undefined ? {} : { version }),
    inputs,
    ...(freeze === undefined ? {} : { freeze }),
  };
}

/** Throws SluiceError `request-invalid` where there are errors. */
export function refuseErrors(errors: readonly FieldError[]): void {
  if (errors.length === 0) return;
  const text = errors.map(({ path, message }) => `${path} ${message}`).join('; ');
  throw problemError('request-invalid', `The request is not valid: ${text}.`.slice(0, 1_000), { errors });
}

function refuseFields<Field extends string>(
  where: string,
  body: { readonly type: string },
  { needs, may }: FieldRules<Field>,
): void {
  const names = Object.entries(body)
    .filter(([field, value]) => field !== 'type' && value !== undefined)
    .map(([field]) => field);
  refuseErrors([
    ...needs
      .filter((field) => !names.includes(field))
      .map((field) => ({ path: `${where}.${field}`, message: `is needed by ${body.type}` })),
    ...names
      .filter((field) => ![...needs, ...may].some((known) => known === field))
      .map((field) => ({ path: `${where}.${field}`, message: `is nothing that ${body.type} has` })),
  ]);
}

/** What is signed has the body once, and the moment of sending, which else anybody could change. */
function readSigned({ signed, timestampHeader }: SchemeBody): string {
  const timed = timestampHeader !== undefined;
  const text = signed ?? (timed ? '{timestamp}.{body}' : '{body}');
  const path = 'scheme.signed';
  refuseErrors([
    ...(text.split('{body}').length === 2 ? [] : [{ path, message: 'must hold {body} once' }]),
    ...(text.includes('{timestamp}') === timed
      ? []
      : [{ path, message: 'must hold {timestamp} where there is a timestampHeader, and only there' }]),
  ]);
  return text;
}

function readHeaderNames({ timestampHeader, idHeader, typeHeader }: SchemeBody) {
  return {
    ...(timestampHeader !== undefined && { timestampHeader: timestampHeader.toLowerCase() }),
    ...(idHeader !== undefined && { idHeader: idHeader.toLowerCase() }),
    ...(typeHeader !== undefined && { typeHeader: typeHeader.toLowerCase() }),
  };
}
