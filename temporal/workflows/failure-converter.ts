import { DefaultFailureConverter, type FailureConverter } from '@temporalio/common';
import { ENCODE_FAILURES } from '#contracts/names.js';

const plain = new DefaultFailureConverter();
const encoded = new DefaultFailureConverter({ encodeCommonAttributes: true });

/**
 * Found by the SDK under this name. Messages of failures are put where codecs reach them if the worker has a key, which it
 * says by a global of the bundle; of what a history holds both forms are read.
 */
export const failureConverter: FailureConverter = {
  errorToFailure: (...args) => (ENCODE_FAILURES in globalThis ? encoded : plain).errorToFailure(...args),
  failureToError: (...args) => plain.failureToError(...args),
};
