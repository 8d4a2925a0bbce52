import type { SafeResponse } from '../../http/safe-client.js';
import type { Connection } from '../connection.js';

/** A platform that shows a page for signing in, instead of saying 401, is made to say 401. */
export function seeThroughSignIn(
  connection: Connection,
  isSignIn: (answer: Pick<SafeResponse, 'status' | 'headers'>) => boolean,
): Connection {
  return {
    ...connection,
    async send(request) {
      const answer = await connection.send(request);
      return isSignIn(answer) ? { ...REFUSED, headers: answer.headers, body: Buffer.alloc(0) } : answer;
    },
    async stream(request) {
      const answer = await connection.stream(request);
      return isSignIn(answer)
        ? { ...REFUSED, headers: answer.headers, body: readNothing(answer.body) }
        : answer;
    },
  };
}

const REFUSED = { status: 401 };

/** Ends the transfer. */
async function* readNothing(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const _ of body) break;
  yield Buffer.alloc(0);
}
