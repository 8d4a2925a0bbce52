import { X509Certificate } from 'node:crypto';
import { IsUrl, Matches, ValidateBy } from 'class-validator';

const MOST_CERTIFICATES = 50;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

export function IsPlatformName(): PropertyDecorator {
  return Matches(/^[a-z][a-z0-9-]{0,49}$/, { message: 'must be the name of a platform' });
}

/** Without credentials: those are secrets; without query and fragment: paths are put after it. */
export function IsBaseUrl(): PropertyDecorator {
  return IsUrl({
    protocols: ['http', 'https'],
    require_protocol: true,
    require_tld: false,
    disallow_auth: true,
    allow_fragments: false,
    allow_query_components: false,
    validate_length: false,
  });
}

export function IsProxy(): PropertyDecorator {
  return ValidateBy({
    name: 'proxy',
    validator: {
      validate: (value: unknown) => typeof value === 'string' && isProxy(value),
      defaultMessage: () => 'must be http://host:port, without credentials and path',
    },
  });
}

export function IsAuthorities(): PropertyDecorator {
  return ValidateBy({
    name: 'authorities',
    validator: {
      validate: (value: unknown) => typeof value === 'string' && areCertificates(value),
      defaultMessage: () =>
        `must be 1 to ${MOST_CERTIFICATES} certificates in the form of PEM, and nothing else`,
    },
  });
}

function isProxy(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.protocol !== 'http:' || url.username !== '' || url.password !== '') return false;
  return /^http:\/\/[^/?#\s\\]+\/?$/.test(text);
}

function areCertificates(text: string): boolean {
  const found = text.match(CERTIFICATE) ?? [];
  if (found.length === 0 || found.length > MOST_CERTIFICATES) return false;
  if (text.replaceAll(CERTIFICATE, '').trim() !== '') return false;
  return found.every((each) => {
    try {
      return new X509Certificate(each).raw.length > 0;
    } catch {
      return false;
    }
  });
}
