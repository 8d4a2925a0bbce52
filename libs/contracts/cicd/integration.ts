import type { JsonObject } from '#domain/json.js';

/** How a platform is told who asks; secrets stand as references, or are sealed where the server keeps them. */
export type PlatformAuth =
  /** A personal, project or service token, sent as the platform wants it. */
  | { readonly type: 'token'; readonly secret: string }
  /** RFC 7617; of Jenkins the secret is an API token. */
  | { readonly type: 'basic'; readonly username: string; readonly secret: string }
  /** An access token of OAuth 2 (RFC 6750), renewed by whoever keeps the secret. */
  | { readonly type: 'bearer'; readonly secret: string }
  /** Client credentials (RFC 6749, 4.4). */
  | {
      readonly type: 'oauth2';
      readonly tokenUrl: string;
      readonly clientId: string;
      readonly secret: string;
      readonly scopes: readonly string[];
    }
  /** An app of GitHub; the secret is its private key (PEM). Tokens of the installation are got and renewed. */
  | {
      readonly type: 'github-app';
      readonly appId: string;
      readonly installationId: string;
      readonly secret: string;
    };

export type PlatformAuthType = PlatformAuth['type'];

/** A platform that a project is connected with, as workers and the API reach it. */
export interface IntegrationSettings {
  readonly id: string;
  readonly name: string;
  /** Name of a platform that is known here. */
  readonly platform: string;
  /** Of its API, without a final slash. */
  readonly baseUrl: string;
  readonly auth: PlatformAuth;
  /** Valid by the platform's own schema. */
  readonly options: JsonObject;
  /** Certificates (PEM) of the only authorities that are trusted; those that Node trusts when absent. */
  readonly authorities?: string;
  /** Proxy through which it is reached: `http://host:port`. */
  readonly proxy?: string;
  readonly status: 'active' | 'disabled';
  /** Changes whenever anything above does. */
  readonly revision: number;
}

/** What is asked for executions now and then, whoever starts them. */
export interface WatchedPipeline {
  readonly project: string;
  /** All of the project when absent. */
  readonly pipeline?: string;
}
