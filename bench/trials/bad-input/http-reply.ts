import type { BadCase, Reply } from './bad-case.ts';
import type { PlatformCounts } from './platform-counts.ts';
import type { PreparedPlatform } from './prepared-platform.ts';

export interface HttpAsk {
  readonly method?: string;
  /** Sent as it is when it is text or bytes, else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One request, whatever its answer. */
export async function httpReply(url: string, { method, body, headers }: HttpAsk = {}): Promise<Reply> {
  const isRaw = typeof body === 'string' || body instanceof Uint8Array;
  const response = await fetch(url, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: isRaw ? (body as string) : JSON.stringify(body) }),
  });
  return read(response.status, await response.text());
}

/** The platform's errors, API Gateway's and S3's have three shapes. */
function read(status: number, text: string): Reply {
  const reply = { code: String(status), name: '', message: text };
  const [, code, said] = /<Code>(.*?)<\/Code>\s*<Message>(.*?)<\/Message>/s.exec(text) ?? [];
  if (code !== undefined) return { ...reply, name: code, message: said ?? '' };
  const error = parsed(text)?.error;
  return error === undefined ? reply : { ...reply, name: error.name, message: error.message };
}

function parsed(text: string): { readonly error?: { readonly name: string; readonly message: string } } | null {
  try {
    return JSON.parse(text) as ReturnType<typeof parsed>;
  } catch {
    return null;
  }
}

export interface HttpCase extends HttpAsk {
  /** @default '400' */
  readonly code?: string;
  readonly says: readonly string[];
  readonly changes?: Partial<PlatformCounts>;
}

type OfPlatform<T> = (platform: PreparedPlatform) => T;

/** A request to the HTTP API; path and body may depend on the platform. */
export function http(
  why: string,
  path: string | OfPlatform<string>,
  {
    code = '400',
    says,
    changes,
    body,
    ...ask
  }: Omit<HttpCase, 'body'> & { readonly body?: object | string | OfPlatform<unknown> },
): BadCase {
  return {
    door: 'HTTP',
    why,
    attempt: (platform) => {
      const url = platform.url + (typeof path === 'function' ? path(platform) : path);
      const sent = typeof body === 'function' ? (body as OfPlatform<unknown>)(platform) : body;
      return httpReply(url, { ...ask, ...(sent !== undefined && { body: sent }) });
    },
    code,
    says,
    ...(changes !== undefined && { changes }),
  };
}
