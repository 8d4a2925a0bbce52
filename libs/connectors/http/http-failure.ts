import { createActionFailure } from '#contracts/catalogue/action-failure.js';
import { isSluiceError, type SluiceError } from '#domain/errors.js';

/** What a request met, as one of ours; `origin` names the other side without path, query and secrets. */
export function toHttpFailure(error: unknown, origin: string): SluiceError {
  const known = findSluiceError(error);
  if (known) return known;
  const code = findErrorCode(error);
  if (code === 'ENOTFOUND') {
    return createActionFailure({
      code: 'http-host-not-found',
      fault: 'user',
      class: 'dependency',
      retryable: true,
      message: `The host of ${origin} has no address.`,
      hint: 'Check the spelling of the host name, and that the worker can resolve it.',
      cause: error,
    });
  }
  if (/^(UND_ERR_CONNECT_TIMEOUT|UND_ERR_HEADERS_TIMEOUT|UND_ERR_BODY_TIMEOUT|ETIMEDOUT)$/.test(code)) {
    return createTimeout(origin, error);
  }
  if (isOfProxy(error, code)) {
    return createActionFailure({
      code: 'http-proxy-refused',
      fault: 'user',
      class: 'configuration',
      retryable: false,
      message: `The proxy did not let the request to ${origin} through${code ? ` (${code})` : ''}.`,
      hint: 'Check the address of the proxy, and that it lets this host be reached without credentials.',
      cause: error,
    });
  }
  if (/CERT|SELF_SIGNED|UNABLE_TO|ERR_TLS|ERR_SSL|^EPROTO$/.test(code)) {
    return createActionFailure({
      code: 'http-tls-failed',
      fault: 'user',
      class: 'configuration',
      retryable: false,
      message: `The TLS connection to ${origin} was refused (${code}).`,
      hint: 'Check the certificate of the host; an own authority is made known to the worker by NODE_EXTRA_CA_CERTS, or stands in the integration.',
      cause: error,
    });
  }
  if (/^(UND_ERR_INVALID_ARG|UND_ERR_NOT_SUPPORTED|ERR_INVALID_ARG_TYPE|ERR_INVALID_CHAR)$/.test(code)) {
    return createActionFailure({
      code: 'http-request-invalid',
      fault: 'user',
      class: 'configuration',
      retryable: false,
      message: 'The request has a header or body that HTTP does not allow.',
      hint: 'Check names and values of the headers; a GET request has no body.',
      cause: error,
    });
  }
  return createActionFailure({
    code: 'http-connection-failed',
    fault: 'operational',
    class: 'transient',
    retryable: true,
    message: `The connection to ${origin} failed${code ? ` (${code})` : ''}.`,
    hint: 'Check that the service runs and listens there.',
    cause: error,
  });
}

/** undici tells what a proxy answered in words alone. */
function isOfProxy(error: unknown, code: string): boolean {
  return (
    code.startsWith('UND_ERR_PRX') || (error instanceof Error && /^Proxy (response|Auth)/.test(error.message))
  );
}

export function createTimeout(origin: string, cause?: unknown): SluiceError {
  return createActionFailure({
    code: 'http-timeout',
    fault: 'operational',
    class: 'timeout',
    retryable: true,
    message: `${origin} did not answer in time.`,
    hint: 'Raise `timeout` if the service may take this long.',
    cause,
  });
}

/** The code that Node, zlib or undici gave an error; the first one's, where it stands for several. */
export function findErrorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return 'errors' in error && Array.isArray(error.errors) ? findErrorCode(error.errors[0]) : '';
}

function findSluiceError(error: unknown): SluiceError | undefined {
  if (isSluiceError(error)) return error;
  const cause = typeof error === 'object' && error !== null && 'cause' in error ? error.cause : undefined;
  return cause === undefined ? undefined : findSluiceError(cause);
}
