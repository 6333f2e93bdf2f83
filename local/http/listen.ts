import { createServer, type RequestListener, type Server } from 'node:http';

/** A server that is bound, so that its address is known, before what it serves exists. */
export interface BoundServer {
  readonly url: string;
  /** Until this is called every request is answered 503. */
  serve(listener: RequestListener): void;
  /** Stops listening, lets answers under way finish for a moment, then drops what is left. */
  close(): Promise<void>;
}

const GRACE_MS = 1000;

/**
 * @param port 0 takes any free port
 * @param purpose and `option` name the port for the error
 * @throws Error naming the port and the option to change it, when the port is taken
 */
export async function listen(port: number, purpose: string, option: string): Promise<BoundServer> {
  let listener: RequestListener = (_, response) => {
    response.writeHead(503, { 'content-type': 'application/json', 'retry-after': '1' });
    response.end('{"message":"the laptop region is starting"}');
  };
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => listener(request, response));
  server.requestTimeout = 0; // large uploads are slow on slow disks, and nobody but this machine can connect
  await bind(server, port, purpose, option);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error(`no address for the ${purpose}`);
  return {
    url: `http://127.0.0.1:${address.port}`,
    serve: (next) => {
      listener = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), GRACE_MS).unref();
      }),
  };
}

function bind(server: Server, port: number, purpose: string, option: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE') reject(error);
      else reject(new Error(`port ${port} for the ${purpose} is in use on 127.0.0.1; choose another with ${option}`));
    });
    server.listen(port, '127.0.0.1', () => resolve());
  });
}
