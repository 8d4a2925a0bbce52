import { isOver } from '#contracts/cicd/execution.js';
import { verifySignature } from '../../webhooks/verify-signature.js';
import { Answer, readList } from '../http/answer.js';
import { createAuthUnfit, findBasic, findToken, forgetToken, resolveMasked } from '../http/credentials.js';
import { nameDelivery, readDelivery } from '../http/delivery.js';
import { encodePart } from '../http/encode-part.js';
import { given } from '../http/given.js';
import { readSegments } from '../http/log-segments.js';
import {
  createArtifactExpired,
  createEventInvalid,
  createInputsRefused,
  createNotStarted,
  createRefNotFound,
} from '../http/pipeline-failure.js';
import { PlatformHttp } from '../http/platform-http.js';
import { createRefusal } from '../http/refusal.js';
import { verifySharedSecret } from '../http/shared-secret.js';
import type { Platform } from '../platform.js';

/** Of Plugin and PluginKit. What is only added to the kit leaves it as it is. */
export const PLUGIN_VERSION = 1;

/** What a module that adds platforms exports as its default. */
export interface Plugin {
  readonly apiVersion: typeof PLUGIN_VERSION;
  /** Called once, when a process starts. */
  readonly platforms: (kit: PluginKit) => readonly Platform[];
}

export type PluginKit = typeof PLUGIN_KIT;

/** What the platforms of Sluice are made with: a plugin is handed it, and so depends on nothing. */
export const PLUGIN_KIT = {
  PlatformHttp,
  Answer,
  readList,
  given,
  encodePart,
  findToken,
  forgetToken,
  findBasic,
  resolveMasked,
  createAuthUnfit,
  createRefusal,
  createRefNotFound,
  createInputsRefused,
  createNotStarted,
  createArtifactExpired,
  createEventInvalid,
  readSegments,
  isOver,
  verifySignature,
  verifySharedSecret,
  readDelivery,
  nameDelivery,
} as const;
