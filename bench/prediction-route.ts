/**
 * Latency of the prediction route of a running region, end to end over HTTP: one BatchGetItem, the endpoint, the
 * durable record, the answer.
 *
 *   node bench/prediction-route.ts MODEL JOIN_KEY FIRST COUNT [REQUESTS] [CONCURRENCY]
 *
 * asks for the numeric keys FIRST … FIRST + COUNT - 1 in turn, for example `buys_again customer_id 12346 4000 2000 1`.
 * HEADGATE_URL names the region, http://127.0.0.1:4510 by default. Prints JSON; latencies in milliseconds.
 */
const [model = '', key = '', first = '1', count = '1', requests = '2000', concurrency = '1'] = process.argv.slice(2);
const url = `${process.env['HEADGATE_URL'] ?? 'http://127.0.0.1:4510'}/v1/models/${model}/predictions`;
const WARM_UP = 200;

async function ask(index: number): Promise<{ readonly ms: number; readonly status: number }> {
  const begun = performance.now();
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ entities: { [key]: Number(first) + (index % Number(count)) } }),
  });
  await response.arrayBuffer();
  return { ms: performance.now() - begun, status: response.status };
}

for (let index = 0; index < WARM_UP; index++) await ask(index);
const results: { readonly ms: number; readonly status: number }[] = [];
let next = 0;
const begun = performance.now();
await Promise.all(
  Array.from({ length: Number(concurrency) }, async () => {
    while (next < Number(requests)) results.push(await ask(next++));
  }),
);
const seconds = (performance.now() - begun) / 1000;
const sorted = results.map(({ ms }) => ms).sort((a, b) => a - b);
const quantile = (q: number) => Number(sorted[Math.ceil(q * sorted.length) - 1]?.toFixed(2));
const byStatus: Record<string, number> = {};
for (const { status } of results) byStatus[status] = (byStatus[status] ?? 0) + 1;
console.log(
  JSON.stringify({
    model,
    requests: results.length,
    concurrency: Number(concurrency),
    perSecond: Math.round(results.length / seconds),
    p50: quantile(0.5),
    p99: quantile(0.99),
    byStatus,
  }),
);
