import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

export interface RegionLog {
  write(service: string, level: 'info' | 'error', message: string): void;
  /** Resolves when every line is on disk. */
  close(): Promise<void>;
}

/** JSON lines `{time, level, service, message}` in `file`; errors go to `onError` too. */
export function openRegionLog(file: string, onError: (line: string) => void): RegionLog {
  mkdirSync(dirname(file), { recursive: true });
  const stream = createWriteStream(file, { flags: 'a' });
  let isClosed = false;
  return {
    write: (service, level, message) => {
      if (!isClosed) stream.write(`${JSON.stringify({ time: new Date().toISOString(), level, service, message })}\n`);
      if (level === 'error') onError(`${service}: ${message}`);
    },
    close: () => {
      isClosed = true;
      return new Promise((resolve) => stream.end(() => resolve()));
    },
  };
}
