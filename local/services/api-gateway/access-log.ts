import { createWriteStream, mkdirSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';

export interface AccessLog {
  write(request: IncomingMessage, status: number, durationMs: number, requestId: string): void;
  close(): Promise<void>;
}

/** A JSON line for every request, in `<stateDir>/logs/api-access.log`. */
export function openAccessLog(stateDir: string): AccessLog {
  const dir = join(stateDir, 'logs');
  mkdirSync(dir, { recursive: true });
  const stream = createWriteStream(join(dir, 'api-access.log'), { flags: 'a' });
  let isClosed = false;
  return {
    write: (request, status, durationMs, requestId) => {
      if (isClosed) return;
      const line = {
        time: new Date().toISOString(),
        requestId,
        method: request.method,
        url: request.url,
        status,
        durationMs: Math.round(durationMs * 100) / 100,
      };
      stream.write(`${JSON.stringify(line)}\n`);
    },
    close: () => {
      isClosed = true;
      return new Promise((resolve) => stream.end(() => resolve()));
    },
  };
}
