import { describe, expect, it } from '@jest/globals';
import { verifySharedSecret } from './shared-secret.js';

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
const judge = (headers: Readonly<Record<string, string>>, secrets: readonly string[] = ['s3cret']) =>
  verifySharedSecret({ headers: new Map(Object.entries(headers)), body: Buffer.from('{}') }, secrets);

const WRONG = { valid: false, reason: 'signature-wrong' };
const MISSING = { valid: false, reason: 'signature-missing' };

describe('a secret that is sent as it stands', () => {
  it.each([
    ['its own header', { 'x-sluice-token': 's3cret' }],
    ['a password', { authorization: basic('anybody:s3cret') }],
    ['a password without a name', { authorization: basic(':s3cret') }],
    ['a token', { authorization: 'bearer s3cret' }],
  ])('is believed as %s', (_, headers) => {
    expect(judge(headers)).toEqual({ valid: true, content: undefined });
    expect(judge(headers, ['newer', 's3cret'])).toMatchObject({ valid: true });
    expect(judge(headers, ['another'])).toEqual(WRONG);
    expect(judge(headers, [])).toEqual(WRONG);
  });

  it('keeps colons of a password', () => {
    expect(judge({ authorization: basic('a:b:c') }, ['b:c'])).toMatchObject({ valid: true });
  });

  it.each([
    ['nothing', {}, MISSING],
    ['an empty header', { 'x-sluice-token': '' }, MISSING],
    ['another scheme', { authorization: 'Digest s3cret' }, MISSING],
    ['a name alone', { authorization: basic('s3cret') }, MISSING],
    ['what is no base64', { authorization: 'Basic ***' }, MISSING],
    ['the secret as the name', { authorization: basic('s3cret:x') }, WRONG],
  ] as const)('is not believed by %s', (_, headers, verdict) => {
    expect(judge(headers as Readonly<Record<string, string>>)).toEqual(verdict);
  });

  it('is never the empty text', () => {
    expect(judge({ authorization: basic('a:') }, [''])).toEqual(MISSING);
    expect(judge({ 'x-sluice-token': 'x' }, [''])).toEqual(WRONG);
  });
});
