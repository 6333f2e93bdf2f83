import { randomUUID } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ErrorResponse } from '../../contracts/api/error-response.ts';
import { CliError } from '../cli-error.ts';
import { apiFailure } from './api-failure.ts';
import { downloadFile } from './download-file.ts';
import { isLoopback, signedHeaders } from './sign-request.ts';

/** Speaks to the HTTP API. Answers have the shapes of contracts/api, which the caller names. */
export interface ApiClient {
  readonly url: string;
  get<T>(path: string): Promise<T>;
  /** Carries a key of its own, so that a repeated request starts no second work. */
  post<T>(path: string, body: unknown): Promise<T>;
  /** POSTs once, whatever comes of it: no repetition, and a refusal is an answer. */
  postOnce(path: string, body: unknown): Promise<OneAnswer>;
  /** PUTs a whole file to a URL that was given for it. */
  upload(url: string, headers: Readonly<Record<string, string>>, file: string): Promise<void>;
  /** GETs a URL that was given for a file into that file, whole and with its digest, or not at all. */
  download(url: string, sha256: string, file: string): Promise<void>;
}

export interface OneAnswer {
  /** 0 when nobody answered. */
  readonly status: number;
  /** The parsed body; null without an answer. */
  readonly body: unknown;
}

export interface ApiClientOptions {
  readonly url: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** @default 5 */
  readonly attempts?: number;
  /** Wait before the second attempt; doubles with each. @default 300 */
  readonly firstDelayMs?: number;
  /** @default 60000 */
  readonly timeoutMs?: number;
}

const UPLOAD_TIMEOUT_MS = 30 * 60_000;
const RETRYABLE = [429, 502, 503, 504];
const MAX_RETRY_AFTER_MS = 20_000;

export function makeApiClient(options: ApiClientOptions): ApiClient {
  const base = baseUrl(options.url);
  const attempts = options.attempts ?? 5;
  const timeoutMs = options.timeoutMs ?? 60_000;

  const urlOf = (path: string) => new URL(base.href.replace(/\/$/, '') + path);

  async function request<T>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<T> {
    const url = urlOf(path);
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers: Record<string, string> = { accept: 'application/json' };
    if (text !== undefined) headers['content-type'] = 'application/json';
    if (method === 'POST') headers['idempotency-key'] = randomUUID();
    for (let attempt = 1; ; attempt++) {
      const response = await send(url, method, headers, text);
      const answer = await jsonOf(response);
      if (response.ok) return answer as T; // the contract of the path gives this shape
      if (!RETRYABLE.includes(response.status) || attempt === attempts) throw apiFailure(response.status, answer, url);
      await sleep(delayMs(response, attempt));
    }
  }

  async function send(url: URL, method: string, headers: Record<string, string>, body?: string): Promise<Response> {
    const signed = isLoopback(url) ? headers : await signedHeaders({ url, method, headers, body, env: options.env });
    try {
      return await fetch(url, { method, headers: signed, body: body ?? null, signal: AbortSignal.timeout(timeoutMs) });
    } catch (error) {
      throw noAnswer(url, error, timeoutMs);
    }
  }

  function delayMs(response: Response, attempt: number): number {
    const asked = Number(response.headers.get('retry-after') ?? Number.NaN) * 1000;
    if (asked >= 0) return Math.min(asked, MAX_RETRY_AFTER_MS);
    return (options.firstDelayMs ?? 300) * 2 ** (attempt - 1) * (0.5 + Math.random() / 2);
  }

  return {
    url: base.href.replace(/\/$/, ''),
    get: (path) => request('GET', path),
    post: (path, body) => request('POST', path, body),
    postOnce: async (path, body) => {
      const headers = { accept: 'application/json', 'content-type': 'application/json' };
      try {
        const response = await send(urlOf(path), 'POST', headers, JSON.stringify(body));
        return { status: response.status, body: await jsonOf(response) };
      } catch (error) {
        if (error instanceof CliError) return { status: 0, body: null };
        throw error;
      }
    },
    upload: async (to, headers, file) => {
      const url = new URL(to);
      const body = await openAsBlob(file);
      let response: Response;
      try {
        response = await fetch(url, { method: 'PUT', headers, body, signal: AbortSignal.timeout(UPLOAD_TIMEOUT_MS) });
      } catch (error) {
        throw noAnswer(url, error, UPLOAD_TIMEOUT_MS);
      }
      if (response.ok) return;
      const why = (await response.text()).slice(0, 300);
      throw new CliError(
        `the upload of ${file} was refused (HTTP ${response.status}): ${why}`,
        'run the command again',
      );
    },
    download: (from, sha256, file) => downloadFile(new URL(from), sha256, file, UPLOAD_TIMEOUT_MS),
  };
}

function baseUrl(text: string): URL {
  const url = URL.parse(text);
  if (url !== null && (url.protocol === 'http:' || url.protocol === 'https:')) return url;
  throw new CliError(`"${text}" is not the URL of an API`, 'write for example --url http://127.0.0.1:4510');
}

async function jsonOf(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    const error: ErrorResponse['error'] = {
      name: 'UnknownAnswer',
      kind: 'unavailable',
      message: text.slice(0, 300) || `HTTP ${response.status} without a body`,
      details: {},
    };
    return { error };
  }
}

function noAnswer(url: URL, error: unknown, timeoutMs: number): CliError {
  const at = `${url.protocol}//${url.host}`;
  if (error instanceof DOMException && error.name === 'TimeoutError') {
    return new CliError(`${at} did not answer within ${timeoutMs / 1000} s`, 'try again', {}, error);
  }
  const hint = isLoopback(url)
    ? 'start Headgate on this machine with "headgate up", or name another place with --url or HEADGATE_URL'
    : 'check --url (or HEADGATE_URL) and the network';
  const reason = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
  return new CliError(`nothing answers at ${at}: ${reason}`, hint, {}, error);
}
