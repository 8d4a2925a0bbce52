import { shorten } from '../../definition/path.js';
import { descend, entryOf, isMap, type Spot, type TreeMap, toJson } from '../../definition/tree.js';
import type { Template } from '../../plan/plan.js';
import { atValue } from '../../validation/report.js';
import type { Builder } from './builder.js';
import { jq, toJq } from './expressions.js';

/** What a call is authenticated with: by a header that is part of the run's data, or by a secret that never is. */
export interface Authentication {
  readonly header?: Template;
  readonly auth?: Template;
}

const SCHEMES = ['basic', 'bearer', 'digest', 'oauth2', 'oidc'] as const;

/** Undefined where there is none, or after a finding. */
export function readAuthentication(spot: Spot | undefined, builder: Builder): Authentication | undefined {
  if (spot === undefined || !isMap(spot)) return undefined;
  const use = entryOf(spot, 'use');
  const policy = use === undefined ? spot : builder.reusables.resolve('authentications', use, builder);
  if (policy === undefined || !isMap(policy)) return undefined;
  const scheme = SCHEMES.find((name) => entryOf(policy, name) !== undefined);
  if (scheme === undefined) return undefined;
  const given = entryOf(policy, scheme)! as Spot<TreeMap>;
  if (scheme !== 'basic' && scheme !== 'bearer')
    return builder.refuse(
      'open-workflow-authentication',
      given,
      `Authentication by \`${scheme}\` is not supported here.`,
      'Use `bearer` or `basic`; fetch a token with a `call: http` before it, or keep one in a secret.',
    );
  const secret = entryOf(given, 'use');
  if (secret !== undefined) return readSecret(secret, scheme, builder);
  if (scheme === 'bearer') return { header: prefixed(builder.readTemplate(entryOf(given, 'token')!)) };
  const user = builder.readTemplate(entryOf(given, 'username')!);
  const password = builder.readTemplate(entryOf(given, 'password')!);
  const source = `${toJq(user)} as $user | ${toJq(password)} as $password | "\\($user):\\($password)" | "Basic " + @base64`;
  return { header: { kind: 'expression', expression: jq(source) } };
}

function prefixed(token: Template): Template {
  return { kind: 'expression', expression: jq(`"Bearer " + (${toJq(token)} | tostring)`) };
}

/** A declared secret is the environment variable of that name at the worker. */
function readSecret(spot: Spot, scheme: string, builder: Builder): Authentication | undefined {
  const name = String(toJson(spot.node));
  const report = (message: string, hint: string): undefined =>
    void builder.report.add('open-workflow-secret', atValue(spot), message, hint);
  if (!builder.reusables.secrets.includes(name))
    return report(
      `\`use.secrets\` does not list \`${shorten(name)}\`.`,
      `Add it: \`use: { secrets: [ ${shorten(name)} ] }\`.`,
    );
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
    return report(
      `\`${shorten(name)}\` cannot be the name of a secret here.`,
      'A secret is an environment variable of the worker: use letters, digits and underscores.',
    );
  return { auth: { kind: 'literal', value: { secret: `env:${name}`, scheme } } };
}

/** The endpoint of a call: where it is, and how it is authenticated. */
export function endpointOf(spot: Spot): { readonly uri: Spot; readonly authentication: Spot | undefined } {
  if (!isMap(spot)) return { uri: spot, authentication: undefined };
  return { uri: descend(spot, ['uri']), authentication: entryOf(spot, 'authentication') };
}
