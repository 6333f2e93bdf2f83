import type { Caller } from '../../service.ts';
import type { SageMakerScope } from '../sagemaker/sagemaker-scope.ts';

const FLUSH_EVERY_MS = 10_000;
/** CloudWatch takes this many distinct values in one datum. */
const VALUES_PER_DATUM = 150;
/** Latencies are kept to two digits, which bounds how many distinct values there are. */
const LATENCY_DIGITS = 2;

export interface Invocation {
  readonly endpointName: string;
  readonly variantName: string;
  readonly instanceCount: number;
  /** Time the container took, in microseconds; absent when it gave no answer. */
  readonly modelLatencyUs?: number;
  readonly overheadLatencyUs: number;
  /** Status of the container's answer, or 0 for none. */
  readonly status: number;
}

/** How often each value of a metric was seen. */
type Counts = Map<number, number>;

/** Gathers what SageMaker reports to CloudWatch about invocations, and sends it every ten seconds as good as it can. */
export class InvocationMetrics {
  readonly #scope: SageMakerScope;
  readonly #caller: Caller;
  /** By endpoint and variant, then by metric. */
  readonly #gathered = new Map<string, { readonly dimensions: object[]; readonly metrics: Map<string, Counts> }>();
  #timer: NodeJS.Timeout | undefined;
  #hasComplained = false;

  constructor(scope: SageMakerScope) {
    this.#scope = scope;
    this.#caller = { accessKeyId: 'sagemaker', principalArn: `arn:aws:iam::${scope.region.accountId}:root` };
  }

  start(): void {
    this.#timer = setInterval(() => void this.flush(), FLUSH_EVERY_MS);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }

  record(invocation: Invocation): void {
    const { endpointName, variantName, status } = invocation;
    const key = `${endpointName}/${variantName}`;
    let gathered = this.#gathered.get(key);
    if (gathered === undefined) {
      const dimensions = [
        { Name: 'EndpointName', Value: endpointName },
        { Name: 'VariantName', Value: variantName },
      ];
      gathered = { dimensions, metrics: new Map() };
      this.#gathered.set(key, gathered);
    }
    const add = (metric: string, value: number) => {
      const counts = gathered.metrics.get(metric) ?? new Map<number, number>();
      counts.set(value, (counts.get(value) ?? 0) + 1);
      gathered.metrics.set(metric, counts);
    };
    add('Invocations', 1);
    add('InvocationsPerInstance', 1 / invocation.instanceCount);
    // zeros too, so that the average is the error rate
    add('Invocation4XXErrors', status >= 400 && status < 500 ? 1 : 0);
    add('Invocation5XXErrors', status >= 500 || status === 0 ? 1 : 0);
    add('InvocationModelErrors', status < 200 || status >= 300 ? 1 : 0);
    if (invocation.modelLatencyUs !== undefined) add('ModelLatency', rounded(invocation.modelLatencyUs));
    add('OverheadLatency', rounded(invocation.overheadLatencyUs));
  }

  async flush(): Promise<void> {
    const gathered = [...this.#gathered.values()];
    this.#gathered.clear();
    for (const { dimensions, metrics } of gathered) {
      const data = [...metrics].flatMap(([name, counts]) => this.#data(name, counts, dimensions));
      try {
        await this.#scope.region.invoke(
          'monitoring',
          'PutMetricData',
          { Namespace: 'AWS/SageMaker', MetricData: data },
          this.#caller,
        );
      } catch (error) {
        if (!this.#hasComplained)
          this.#scope.region.log('sagemaker', 'info', `metrics of invocations are not kept: ${String(error)}`);
        this.#hasComplained = true;
      }
    }
  }

  #data(name: string, counts: Counts, dimensions: readonly object[]): object[] {
    const entries = [...counts];
    const data: object[] = [];
    for (let from = 0; from < entries.length; from += VALUES_PER_DATUM) {
      const part = entries.slice(from, from + VALUES_PER_DATUM);
      data.push({
        MetricName: name,
        Dimensions: dimensions,
        Timestamp: this.#scope.region.clock.now().getTime() / 1000,
        Unit: name.endsWith('Latency') ? 'Microseconds' : 'Count',
        Values: part.map(([value]) => value),
        Counts: part.map(([, count]) => count),
      });
    }
    return data;
  }
}

function rounded(value: number): number {
  return Number(value.toPrecision(LATENCY_DIGITS));
}
