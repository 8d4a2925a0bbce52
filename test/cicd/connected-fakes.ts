import type { FakePlatform } from '#connectors/cicd/testing/fake-platform.js';
import type { PlatformAuth } from '#contracts/cicd/integration.js';
import { TestPlatform } from '../platform.js';

/** Fakes by the names of platforms. */
export type Fakes = Readonly<Record<string, FakePlatform>>;

/** Programs that may reach the fakes, with an integration of the platform's name for each; secrets by their environment. */
export async function startWithFakes(
  fakes: Fakes,
  worker: Readonly<Record<string, string>> = {},
): Promise<TestPlatform> {
  const settings: Record<string, string> = { SLUICE_HTTP_ALLOW: '127.0.0.1' };
  for (const [name, { secrets, webhookSecret }] of Object.entries(fakes)) {
    Object.assign(settings, { [variableOf(name, 'hook')]: webhookSecret });
    for (const [reference, secret] of Object.entries(secrets)) {
      Object.assign(settings, { [variableOf(name, reference)]: secret });
    }
  }
  const platform = await TestPlatform.start({ worker: { ...settings, ...worker }, api: settings });
  for (const [name, { url, auth, options }] of Object.entries(fakes)) {
    const body = { name, platform: name, baseUrl: url, auth: byEnvironment(name, auth), options };
    const { status, body: answer } = await platform.request('POST', '/integrations', body);
    if (status !== 201) throw new Error(`no integration ${name}: ${JSON.stringify(answer)}`);
  }
  return platform;
}

/**
 * Has the fakes bring their events to the API; `carry` decides when each is sent, and how often. One that the API does not
 * take is thrown out of the process, so that the test breaks.
 */
export async function connectHooks(
  platform: TestPlatform,
  fakes: Fakes,
  carry: (send: () => Promise<void>) => void = (send) => void send(),
): Promise<void> {
  for (const [name, fake] of Object.entries(fakes)) {
    const answer = await platform.request<{ hook: { path: string } }>('POST', `/integrations/${name}/hook`, {
      secret: `env:${variableOf(name, 'hook')}`,
    });
    if (answer.status !== 200) throw new Error(`no hook of ${name}: ${JSON.stringify(answer.body)}`);
    const { path } = answer.body.hook;
    fake.onWebhook = ({ headers, body }) =>
      carry(async () => {
        const response = await fetch(platform.url + path, {
          method: 'POST',
          headers: Object.fromEntries(headers),
          body: Buffer.from(body),
        }).catch(() => undefined);
        // Without an answer it is as good as lost.
        if (response !== undefined && response.status !== 202)
          throw new Error(`${name}'s event was answered with ${response.status}: ${await response.text()}`);
      });
  }
}

function byEnvironment(name: string, auth: PlatformAuth): PlatformAuth {
  return { ...auth, secret: `env:${variableOf(name, auth.secret)}` };
}

function variableOf(name: string, reference: string): string {
  return `sluice_secret_${name}_${reference}`.toUpperCase().replace(/[^A-Z0-9]+/g, '_');
}

/** What no log, history, error and event may hold. */
export function listCanaries(fakes: Fakes): readonly string[] {
  return Object.values(fakes).flatMap(({ secrets, granted, webhookSecret }) => [
    ...Object.values(secrets),
    ...granted,
    webhookSecret,
  ]);
}
