import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { CliError } from '../cli-error.ts';

interface Unsigned {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Whether the URL is this machine's own, where the laptop takes requests unsigned. */
export function isLoopback(url: URL): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
}

/**
 * The headers with AWS Signature Version 4 for API Gateway, by the credentials of the environment.
 *
 * @throws CliError when there are none, or the region is not known
 */
export async function signedHeaders({ url, method, headers, body, env }: Unsigned): Promise<Record<string, string>> {
  const accessKeyId = env['AWS_ACCESS_KEY_ID'];
  const secretAccessKey = env['AWS_SECRET_ACCESS_KEY'];
  if (!accessKeyId || !secretAccessKey) {
    throw new CliError(
      `${url.host} takes signed requests only, and AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set`,
      'run: eval "$(aws configure export-credentials --format env)"',
    );
  }
  const region = /\.execute-api\.([a-z0-9-]+)\./.exec(url.host)?.[1] ?? env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'];
  if (!region) throw new CliError(`the region of ${url.host} is not known`, 'set AWS_REGION');
  const sessionToken = env['AWS_SESSION_TOKEN'];
  const signer = new SignatureV4({
    service: 'execute-api',
    region,
    sha256: Sha256,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) },
  });
  const signed = await signer.sign({
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    ...(url.port === '' ? {} : { port: Number(url.port) }),
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: { ...headers, host: url.host },
    ...(body === undefined ? {} : { body }),
  });
  return signed.headers;
}
