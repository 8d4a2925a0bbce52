import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { HmacScheme, WebhookScheme } from '#contracts/webhooks.js';
import { isSecretOf, verifySignature } from './verify-signature.js';

const GITHUB = { type: 'github' } as const;
const STANDARD = { type: 'standard-webhooks', toleranceS: 300 } as const;
const HMAC: HmacScheme = {
  type: 'hmac',
  header: 'x-signature',
  algorithm: 'sha256',
  encoding: 'hex',
  prefix: '',
  signed: '{body}',
  toleranceS: 300,
};
const NOW = 1_763_800_000_000;
const SECONDS = String(NOW / 1_000);

interface Sent {
  readonly scheme: WebhookScheme;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly secrets?: readonly string[];
  readonly now?: number;
}

function verify({ scheme, headers, body = '{}', secrets = ['s'], now = NOW }: Sent) {
  return verifySignature(
    scheme,
    { headers: new Map(Object.entries(headers)), body: Buffer.from(body) },
    secrets,
    now,
  );
}

const sign = (secret: string | Uint8Array, signed: string | Uint8Array, algorithm = 'sha256') =>
  createHmac(algorithm, secret).update(signed).digest();

describe('vectors that senders publish', () => {
  it('GitHub', () => {
    const sent = {
      scheme: GITHUB,
      body: 'Hello, World!',
      secrets: ["It's a Secret to Everybody"],
      headers: {
        'x-hub-signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
      },
    };
    expect(verify(sent)).toMatchObject({ valid: true });
    expect(verify({ ...sent, body: 'Hello, World?' })).toEqual({ valid: false, reason: 'signature-wrong' });
  });

  const vector = {
    scheme: STANDARD,
    secrets: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
    body: '{"test": 2432232314}',
    now: 1_614_265_330_000,
    headers: {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    },
  };

  it('Standard Webhooks', () => {
    expect(verify(vector)).toMatchObject({ valid: true });
    expect(verify({ ...vector, secrets: ['MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'] })).toMatchObject({
      valid: true,
    });
    expect(verify({ ...vector, scheme: { type: 'gitlab', signedEvents: true } })).toMatchObject({
      valid: true,
    });
  });

  it.each([
    ['another body', { body: '{"test":2432232314}' }],
    ['another id', { headers: { ...vector.headers, 'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJel' } }],
    ['no id', { headers: { ...vector.headers, 'webhook-id': 'absent' } }],
    ['an id that takes the timestamp in', { headers: { ...vector.headers, 'webhook-id': 'msg.1' } }],
    ['another version of signatures', { headers: { ...vector.headers, 'webhook-signature': 'v1a,aaaa' } }],
    [
      'more than a number as timestamp',
      { headers: { ...vector.headers, 'webhook-timestamp': '1614265330x' } },
    ],
    ['an old timestamp', { now: vector.now + 301_000 }],
    ['a timestamp of the future', { now: vector.now - 301_000 }],
    ['a secret that is no base64', { secrets: ['whsec_?'] }],
  ])('Standard Webhooks, refused: %s', (_, change: Partial<Sent>) => {
    const entries = Object.entries(change.headers ?? vector.headers);
    const headers = Object.fromEntries(entries.filter(([, value]) => value !== 'absent'));
    expect(verify({ ...vector, ...change, headers })).toMatchObject({ valid: false });
  });

  it('Standard Webhooks, several signatures of which one fits', () => {
    const other = `v1,${sign('other', 'x').toString('base64')}`;
    const signatures = `v2,zzz ${other} ${vector.headers['webhook-signature']}`;
    const headers = { ...vector.headers, 'webhook-signature': signatures };
    expect(verify({ ...vector, headers })).toMatchObject({ valid: true });
    const many = { ...vector.headers, 'webhook-signature': `${`${other} `.repeat(10)}${signatures}` };
    expect(verify({ ...vector, headers: many })).toMatchObject({ valid: false });
  });

  it('CircleCI', () => {
    const scheme = { ...HMAC, header: 'circleci-signature', prefix: 'v1=' };
    const signature = 'v1=734cc62f32841568f45715aeb9f4d7891324e6d948e4c6c60c0621cdac48623a';
    const sent = { scheme, body: 'hello world', secrets: ['secret'] };
    expect(verify({ ...sent, headers: { 'circleci-signature': signature } })).toMatchObject({ valid: true });
    const several = `v2=aa, ${signature}`;
    expect(verify({ ...sent, headers: { 'circleci-signature': several } })).toMatchObject({ valid: true });
  });
});

describe('signatures of any sender', () => {
  it.each([
    [{ algorithm: 'sha512' }, sign('s', '{}', 'sha512').toString('hex')],
    [{ encoding: 'base64' }, sign('s', '{}').toString('base64')],
    [{ prefix: 'hmac ' }, `hmac ${sign('s', '{}').toString('hex').toUpperCase()}`],
  ] as const)('%j', (change, signature) => {
    const sent = { scheme: { ...HMAC, ...change }, headers: { 'x-signature': signature } };
    expect(verify(sent)).toMatchObject({ valid: true });
    expect(verify({ ...sent, body: '{ }' })).toMatchObject({ valid: false });
    expect(verify({ ...sent, secrets: ['t'] })).toMatchObject({ valid: false });
    expect(verify({ ...sent, secrets: ['t', 's'] })).toMatchObject({ valid: true });
    expect(verify({ ...sent, secrets: [] })).toMatchObject({ valid: false });
  });

  it('over the bytes as they came, whether they are text or not', () => {
    const body = Uint8Array.from([0x7b, 0xff, 0xfe, 0x00, 0x7d]);
    const headers = { 'x-signature': sign('s', body).toString('hex') };
    expect(verify({ scheme: HMAC, body, headers })).toMatchObject({ valid: true });
    const replaced = Buffer.from(Buffer.from(body).toString('utf8'));
    expect(verify({ scheme: HMAC, body: replaced, headers })).toMatchObject({ valid: false });
  });

  const timed = { ...HMAC, timestampHeader: 'x-time', signed: 'v0:{timestamp}:{body}' };
  it.each([SECONDS, String(NOW), String(NOW / 1_000 - 300), String(NOW / 1_000 + 300)])(
    'sent at %s',
    (time) => {
      const headers = { 'x-time': time, 'x-signature': sign('s', `v0:${time}:{}`).toString('hex') };
      expect(verify({ scheme: timed, headers })).toMatchObject({ valid: true });
    },
  );

  it.each([
    [String(NOW / 1_000 - 301), 'timestamp-untimely'],
    [String(NOW / 1_000 + 301), 'timestamp-untimely'],
    ['99999999999999', 'timestamp-untimely'],
    ['', 'signature-missing'],
    ['-1', 'signature-missing'],
    ['1e9', 'signature-missing'],
    ['yesterday', 'signature-missing'],
  ])('refused where it was sent at %j', (time, reason) => {
    const headers = { 'x-time': time, 'x-signature': sign('s', `v0:${time}:{}`).toString('hex') };
    expect(verify({ scheme: timed, headers })).toEqual({ valid: false, reason });
  });

  it('refused where the timestamp is another than the one that was signed', () => {
    const headers = { 'x-time': SECONDS, 'x-signature': sign('s', `v0:1:{}`).toString('hex') };
    expect(verify({ scheme: timed, headers })).toEqual({ valid: false, reason: 'signature-wrong' });
  });

  it.each(['', 'sha256=', 'x', 'zz'.repeat(32), 'ab'.repeat(31), 'ab'.repeat(33), 'ab'.repeat(32)])(
    'refused with the signature %j',
    (signature) => {
      expect(verify({ scheme: HMAC, headers: { 'x-signature': signature } }).valid).toBe(false);
      expect(verify({ scheme: GITHUB, headers: { 'x-hub-signature-256': signature } }).valid).toBe(false);
      expect(verify({ scheme: GITHUB, headers: {} }).valid).toBe(false);
    },
  );

  it('tells a copy by what was signed', () => {
    const contentOf = (sent: Sent) => (verify(sent) as { content: string }).content;
    const headers = { 'x-signature': sign('s', '{}').toString('hex') };
    expect(contentOf({ scheme: HMAC, headers })).toBe(
      contentOf({ scheme: HMAC, headers: { ...headers, a: 'b' } }),
    );
    const other = { 'x-signature': sign('s', '[]').toString('hex') };
    expect(contentOf({ scheme: HMAC, headers: other, body: '[]' })).not.toBe(
      contentOf({ scheme: HMAC, headers }),
    );
  });
});

describe('the token of GitLab', () => {
  const scheme = { type: 'gitlab', signedEvents: false } as const;
  it.each([
    [{ 'x-gitlab-token': 's' }, true],
    [{ 'x-gitlab-token': 'S' }, false],
    [{ 'x-gitlab-token': 'ss' }, false],
    [{ 'x-gitlab-token': '' }, false],
    [{}, false],
  ])('%j: %s', (headers, valid) => {
    expect(verify({ scheme, headers: headers as Record<string, string> }).valid).toBe(valid);
  });

  it('is not enough where events are signed', () => {
    const sent = {
      scheme: { type: 'gitlab', signedEvents: true } as const,
      headers: { 'x-gitlab-token': 's' },
    };
    expect(verify(sent)).toEqual({ valid: false, reason: 'signature-missing' });
  });
});

describe('secrets', () => {
  it.each([
    [GITHUB, 'x', true],
    [GITHUB, '', false],
    [STANDARD, 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', true],
    [STANDARD, 'whsec_', false],
    [STANDARD, 'not base64!', false],
  ] as const)('of %j: %j is %s', (scheme, secret, fit) => {
    expect(isSecretOf(scheme, secret)).toBe(fit);
  });
});
