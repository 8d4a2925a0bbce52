import { connect } from 'node:http2';

const SERVICE = 'temporal.api.workflowservice.v1.WorkflowService';
const SERVING = Buffer.from([0x08, 0x01]);

/**
 * Whether the Temporal frontend at `address` (host:port) says that it serves, by the gRPC health protocol
 * (grpc.health.v1). Spoken by hand: the launcher need not hold the Temporal client in memory for one question.
 * A server that answers with TLS or asks for a key says "no" here, and so does what is no address.
 */
export async function checkHealth(address: string, timeoutMs: number): Promise<boolean> {
  if (!URL.canParse(`http://${address}`)) return false;
  return await new Promise((resolve) => {
    const session = connect(`http://${address}`);
    const end = (healthy: boolean) => {
      clearTimeout(timer);
      session.destroy();
      resolve(healthy);
    };
    const timer = setTimeout(() => end(false), timeoutMs);
    session.on('error', () => end(false));
    const stream = session.request({
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    const chunks: Buffer[] = [];
    stream.on('error', () => end(false));
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => end(Buffer.concat(chunks).subarray(5).equals(SERVING)));
    stream.end(encodeRequest(SERVICE));
  });
}

/** HealthCheckRequest { string service = 1 } in a gRPC frame: not compressed, length in four bytes. */
function encodeRequest(service: string): Buffer {
  const message = Buffer.concat([Buffer.from([0x0a, service.length]), Buffer.from(service)]);
  const header = Buffer.alloc(5);
  header.writeUInt32BE(message.length, 1);
  return Buffer.concat([header, message]);
}
