import { isGrpcServiceError, ServiceError } from '@temporalio/client';

export const GRPC_INVALID_ARGUMENT = 3;
export const GRPC_NOT_FOUND = 5;

/** Cancelled, deadline exceeded, failed precondition (no worker polls), unavailable. */
export const NOBODY_ANSWERED: readonly number[] = [1, 4, 9, 14];

/** What the server said, where the client has put it into an error of its own; undefined where it said nothing. */
export function grpcErrorOf(error: unknown) {
  const cause = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(cause) ? cause : undefined;
}
