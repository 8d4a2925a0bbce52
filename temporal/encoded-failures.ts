import { DefaultFailureConverter } from '@temporalio/common';

/** Found by the SDK under this name: puts messages and stacks of failures where codecs reach them. */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
