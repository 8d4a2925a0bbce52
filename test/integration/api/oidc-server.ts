import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';

interface SigningKey {
  readonly kid: string;
  readonly alg: string;
  readonly publicJwk: JWK;
  readonly privateKey: CryptoKey;
}

/** An OIDC issuer on loopback, as far as an API needs one: discovery and keys. */
export class OidcServer {
  /** Requests that it had, by path. */
  readonly asked: string[] = [];
  keys: SigningKey[] = [];
  /** Answers with what breaks a reader, where it is set. */
  broken: string | undefined;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<OidcServer> {
    const server = createServer((request, response) => {
      self.asked.push(request.url!);
      response.setHeader('content-type', 'application/json');
      response.end(self.broken ?? JSON.stringify(self.answer(request.url!)));
    });
    const self = new OidcServer(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    await self.rotate('first', 'RS256');
    return self;
  }

  get issuer(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** From now on with this key alone. */
  async rotate(kid: string, alg: string): Promise<void> {
    const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
    this.keys = [{ kid, alg, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg } }];
  }

  async sign(claims: JWTPayload, header: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const [key] = this.keys;
    const now = Math.floor(Date.now() / 1000);
    return new SignJWT({ iss: this.issuer, aud: 'sluice', sub: 'ann-1', iat: now, exp: now + 300, ...claims })
      .setProtectedHeader({ alg: key!.alg, kid: key!.kid, ...header })
      .sign(key!.privateKey);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(path: string): unknown {
    if (path === '/.well-known/openid-configuration') {
      return { issuer: this.issuer, jwks_uri: `${this.issuer}/keys` };
    }
    return { keys: this.keys.map(({ publicJwk }) => publicJwk) };
  }
}
