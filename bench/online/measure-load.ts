import { Agent, request } from 'node:http';

export interface Load {
  readonly url: string;
  /** Sent in turn. */
  readonly bodies: readonly Buffer[];
  readonly concurrency: number;
  readonly seconds: number;
}

export interface Measured {
  readonly requests: number;
  /** Answers other than 200, and those in which a value is not there. */
  readonly errors: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** So many requests at a time, each sent when another one has been answered, over connections that stay open. */
export async function measureLoad({ url, bodies, concurrency, seconds }: Load): Promise<Measured> {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  const tookMs: number[] = [];
  let errors = 0;
  let next = 0;
  const begun = performance.now();
  const untilMs = begun + seconds * 1_000;
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (performance.now() < untilMs) {
        const before = performance.now();
        const { status, body } = await post(url, bodies[next++ % bodies.length]!, agent);
        tookMs.push(performance.now() - before);
        if (status !== 200 || body.includes('NOT_FOUND')) errors++;
      }
    }),
  );
  const tookSeconds = (performance.now() - begun) / 1_000;
  agent.destroy();
  tookMs.sort((a, b) => a - b);
  const quantile = (share: number) => tookMs[Math.ceil(share * tookMs.length) - 1] ?? Number.NaN;
  return {
    requests: tookMs.length,
    errors,
    perSecond: tookMs.length / tookSeconds,
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
  };
}

export function post(url: string, body: Buffer, agent: Agent): Promise<{ status: number; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': body.byteLength };
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) }));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
