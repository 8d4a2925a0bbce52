import type { ApiReply, ApiRequest } from './exchange.js';

/** Told of every request when it comes, and when its answer has gone or will not be waited for. Never throws. */
export interface RequestObserver {
  begun(request: ApiRequest): void;
  answered(request: ApiRequest, reply: ApiReply): void;
}

/** The pattern of the route: one of few, whatever people ask for. */
export function routeOf({ routeOptions }: Pick<ApiRequest, 'routeOptions'>): string {
  return routeOptions.url ?? 'none';
}
