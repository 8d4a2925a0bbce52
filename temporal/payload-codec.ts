import { promisify } from 'node:util';
import { deflate, inflate } from 'node:zlib';
import { METADATA_ENCODING_KEY, type Payload, type PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto';

const { Payload: PayloadMessage } = proto.temporal.api.common.v1;

const compress = promisify(deflate);
const expand = promisify(inflate);

/** Of the same form as the zlib codec of Temporal's Go SDK, so that its tools can read it. */
const ENCODING = new TextEncoder().encode('binary/zlib');

/** Smaller payloads stay readable for everyone. */
const MIN_BYTES = 64 * 1024;
const MAX_EXPANDED_BYTES = 64 * 1024 * 1024;

/** Compresses large payloads (the Plan of a big definition), which Temporal otherwise refuses over 2 MiB. */
export const compressingCodec: PayloadCodec = {
  encode: (payloads) => Promise.all(payloads.map(encodeOne)),
  decode: (payloads) => Promise.all(payloads.map(decodeOne)),
};

async function encodeOne(payload: Payload): Promise<Payload> {
  if ((payload.data?.length ?? 0) < MIN_BYTES) return payload;
  const whole = PayloadMessage.encode(payload).finish();
  return { metadata: { [METADATA_ENCODING_KEY]: ENCODING }, data: await compress(whole) };
}

async function decodeOne(payload: Payload): Promise<Payload> {
  const encoding = payload.metadata?.[METADATA_ENCODING_KEY];
  if (encoding === undefined || payload.data == null || !Buffer.from(encoding).equals(ENCODING))
    return payload;
  const whole = await expand(payload.data, { maxOutputLength: MAX_EXPANDED_BYTES });
  return PayloadMessage.decode(whole);
}
