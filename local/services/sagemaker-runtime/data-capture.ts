import { randomUUID } from 'node:crypto';
import type { Random } from '../../../core/clock.ts';
import { parseS3Uri } from '../s3/object-files.ts';
import type { DataCaptureConfig } from '../sagemaker/endpoint-configs.ts';
import { RoleFiles } from '../sagemaker/role-files.ts';
import type { SageMakerScope } from '../sagemaker/sagemaker-scope.ts';

const FLUSH_EVERY_MS = 2_000;
/** A buffer this full is written at once. */
const BUFFER_BYTES = 4 * 1024 * 1024;

/** One side of an exchange with a variant. */
export interface CapturedSide {
  readonly contentType: string;
  readonly body: Uint8Array;
}

export interface CapturedExchange {
  readonly endpointName: string;
  readonly variantName: string;
  /** Role in whose name the file is written. */
  readonly roleArn: string;
  readonly capture: DataCaptureConfig;
  readonly input: CapturedSide;
  readonly output: CapturedSide;
  readonly inferenceId?: string;
  readonly customAttributes?: string;
  readonly at: Date;
}

interface Buffered {
  readonly folder: string;
  readonly roleArn: string;
  readonly at: Date;
  readonly lines: string[];
  sizeBytes: number;
}

/**
 * Captures a sample of requests and answers as JSON lines under
 * `<DestinationS3Uri>/<endpoint>/<variant>/yyyy/mm/dd/hh/`. Like on AWS it is a sample and no record: what is in the
 * buffer when the region is killed is lost.
 */
export class DataCapture {
  readonly #scope: SageMakerScope;
  readonly #random: Random;
  readonly #buffers = new Map<string, Buffered>();
  #timer: NodeJS.Timeout | undefined;

  constructor(scope: SageMakerScope, random: Random) {
    this.#scope = scope;
    this.#random = random;
  }

  start(): void {
    this.#timer = setInterval(() => void this.flush(), FLUSH_EVERY_MS);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }

  /** Decides by the sampling percentage whether this request is captured. */
  wants(capture: DataCaptureConfig | undefined): capture is DataCaptureConfig {
    return (
      capture !== undefined &&
      capture.EnableCapture !== false &&
      this.#random() * 100 < capture.InitialSamplingPercentage
    );
  }

  add(exchange: CapturedExchange): void {
    const { capture, endpointName, variantName, at } = exchange;
    const hour = at.toISOString().slice(0, 13).replaceAll('-', '/').replace('T', '/');
    const folder = `${capture.DestinationS3Uri.replace(/\/+$/, '')}/${endpointName}/${variantName}/${hour}`;
    let buffer = this.#buffers.get(folder);
    if (buffer === undefined) {
      buffer = { folder, roleArn: exchange.roleArn, at, lines: [], sizeBytes: 0 };
      this.#buffers.set(folder, buffer);
    }
    const line = JSON.stringify(captureRecord(exchange));
    buffer.lines.push(line);
    buffer.sizeBytes += line.length;
    if (buffer.sizeBytes < BUFFER_BYTES) return;
    this.#buffers.delete(folder);
    void this.#write(buffer);
  }

  async flush(): Promise<void> {
    const buffers = [...this.#buffers.values()];
    this.#buffers.clear();
    await Promise.all(buffers.map((buffer) => this.#write(buffer)));
  }

  async #write({ folder, roleArn, at, lines }: Buffered): Promise<void> {
    const [, minute, second, millisecond] = /T\d\d:(\d\d):(\d\d)\.(\d{3})/.exec(at.toISOString())!; // the format is fixed
    const uri = `${folder}/${minute}-${second}-${millisecond}-${randomUUID()}.jsonl`;
    try {
      await new RoleFiles(this.#scope.region, roleArn).put(
        parseS3Uri(uri),
        `${lines.join('\n')}\n`,
        'application/jsonlines',
      );
    } catch (error) {
      this.#scope.region.log(
        'sagemaker',
        'error',
        `${lines.length} captured requests could not be written to ${uri}: ${String(error)}`,
      );
    }
  }
}

/** The record as AWS writes it. */
function captureRecord(exchange: CapturedExchange): object {
  const { capture, input, output, inferenceId, customAttributes, at } = exchange;
  const modes = new Set(capture.CaptureOptions.map(({ CaptureMode }) => CaptureMode));
  const keeps = (mode: 'Input' | 'Output') => modes.has(mode) || modes.has('InputAndOutput');
  return {
    captureData: {
      ...(keeps('Input') ? { endpointInput: side('INPUT', input, capture) } : {}),
      ...(keeps('Output') ? { endpointOutput: side('OUTPUT', output, capture) } : {}),
    },
    eventMetadata: {
      eventId: randomUUID(),
      ...(inferenceId === undefined ? {} : { inferenceId }),
      ...(customAttributes === undefined ? {} : { customAttributes: [customAttributes] }),
      inferenceTime: at.toISOString().replace(/\.\d{3}Z$/, 'Z'),
    },
    eventVersion: '0',
  };
}

function side(mode: 'INPUT' | 'OUTPUT', { contentType, body }: CapturedSide, capture: DataCaptureConfig): object {
  const { CsvContentTypes = [], JsonContentTypes = [] } = capture.CaptureContentTypeHeader ?? {};
  const type = contentType.split(';')[0]!.trim();
  const encoding = CsvContentTypes.includes(type) ? 'CSV' : JsonContentTypes.includes(type) ? 'JSON' : 'BASE64';
  const data = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString(
    encoding === 'BASE64' ? 'base64' : 'utf8',
  );
  return { observedContentType: contentType, mode, data, encoding };
}
