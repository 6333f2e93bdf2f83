import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Passes requests on to the emulator, and counts them. */
export interface CountingProxy {
  readonly endpoint: string;
  /** Requests since the last call. */
  take(): number;
  stop(): void;
}

export async function countingProxy(target: string): Promise<CountingProxy> {
  let count = 0;
  const server = createServer((incoming, outgoing) => {
    count++;
    const { method, headers, url } = incoming;
    const passed = request(new URL(url ?? '/', target), { method: method ?? 'POST', headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    passed.on('error', () => outgoing.destroy());
    incoming.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on a port
  return {
    endpoint: `http://127.0.0.1:${port}`,
    take: () => {
      const taken = count;
      count = 0;
      return taken;
    },
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
