import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { createServer } from 'node:net';
import type { ContainerCommand } from '../../containers/images.ts';
import { type Container, startContainer } from '../../containers/start-container.ts';

const PING_EVERY_MS = 25;
const PING_LIMIT_MS = 2_000;
/** SageMaker gives a model container this long between SIGTERM and SIGKILL. */
const STOP_GRACE_MS = 30_000;
const FIRST_BACKOFF_MS = 200;
const LONGEST_BACKOFF_MS = 30_000;
const HEALTHY_AFTER_MS = 60_000;

export interface ModelServerOptions {
  readonly command: ContainerCommand;
  /** Plays `/opt/ml`; the model lies in its folder `model`. */
  readonly baseDir: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly logFile: string;
  readonly startLimitMs: number;
  readonly onCrash: (message: string) => void;
}

export interface ModelRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly limitMs: number;
}

export interface ModelResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** The container did not answer: it is down, or took too long. */
export class ModelServerError extends Error {}

/** One model container as a process on a free port, started again when it crashes. */
export class ModelServer {
  readonly #options: ModelServerOptions;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64, scheduling: 'fifo' });
  #container: Container | undefined;
  /** Undefined while it does not answer pings. */
  #port: number | undefined;
  #underWay = 0;
  #whenIdle: (() => void) | undefined;
  #isStopping = false;
  #restart: NodeJS.Timeout | undefined;

  constructor(options: ModelServerOptions) {
    this.#options = options;
  }

  /** @throws ModelServerError when the container ends or does not answer pings in time; nothing runs then */
  async start(): Promise<void> {
    try {
      await this.#launch();
    } catch (error) {
      await this.stop();
      throw error;
    }
    this.#watch(FIRST_BACKOFF_MS);
  }

  /** @throws ModelServerError when there is no answer */
  async send(ask: ModelRequest): Promise<ModelResponse> {
    if (this.#port === undefined) throw new ModelServerError('the model container is down; it is being started again');
    this.#underWay++;
    try {
      return await exchange(this.#agent, this.#port, ask);
    } finally {
      this.#underWay--;
      if (this.#underWay === 0) this.#whenIdle?.();
    }
  }

  /** Lets requests under way finish, then ends the process. */
  async drain(limitMs: number): Promise<void> {
    if (this.#underWay > 0) {
      const idle = new Promise<void>((resolve) => {
        this.#whenIdle = resolve;
      });
      const timer = setTimeout(() => this.#whenIdle?.(), limitMs);
      await idle;
      clearTimeout(timer);
    }
    await this.stop();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#port = undefined;
    clearTimeout(this.#restart);
    this.#agent.destroy();
    await this.#container?.stop(STOP_GRACE_MS);
  }

  async #launch(): Promise<void> {
    const { command, baseDir, logFile, startLimitMs } = this.#options;
    const port = await freePort();
    const environment = { ...this.#options.environment, SAGEMAKER_BIND_TO_PORT: String(port) };
    const container = startContainer(command, { verb: 'serve', baseDir, environment, logFile });
    this.#container = container;
    let exit: string | undefined;
    void container.exited.then(({ code, signal }) => {
      exit = signal === null ? `exit code ${code}` : `signal ${signal}`;
    });
    const giveUpAt = performance.now() + startLimitMs;
    while (!(await this.#answersPing(port))) {
      if (exit !== undefined)
        throw new ModelServerError(`the model container ended with ${exit} before it answered a ping; see ${logFile}`);
      if (this.#isStopping) throw new ModelServerError('the model container was stopped while it started');
      if (performance.now() > giveUpAt) {
        throw new ModelServerError(
          `the model container did not pass the ping health check within ${startLimitMs / 1000} s; see ${logFile}`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, PING_EVERY_MS));
    }
    this.#port = port;
  }

  async #answersPing(port: number): Promise<boolean> {
    const ping: ModelRequest = { method: 'GET', path: '/ping', limitMs: PING_LIMIT_MS };
    return exchange(this.#agent, port, ping).then(
      ({ status }) => status === 200,
      () => false,
    );
  }

  /** Starts the container again when it ends, waiting longer after each crash that follows closely on another. */
  #watch(backoffMs: number): void {
    const startedAt = performance.now();
    void this.#container?.exited.then(({ code, signal }) => {
      this.#port = undefined;
      if (this.#isStopping) return;
      const waitMs = performance.now() - startedAt > HEALTHY_AFTER_MS ? FIRST_BACKOFF_MS : backoffMs;
      this.#options.onCrash(
        `the model container ended with ${signal ?? `exit code ${code}`}; it starts again in ${waitMs} ms; see ${this.#options.logFile}`,
      );
      this.#restart = setTimeout(() => void this.#startAgain(Math.min(2 * waitMs, LONGEST_BACKOFF_MS)), waitMs);
      this.#restart.unref();
    });
  }

  async #startAgain(nextBackoffMs: number): Promise<void> {
    try {
      await this.#launch();
    } catch (error) {
      if (this.#isStopping) return;
      this.#options.onCrash(String(error));
      await this.#container?.stop(0);
    }
    this.#watch(nextBackoffMs);
  }
}

/** One request on a kept connection, or on a new one when the container had just closed the kept one. */
function exchange(agent: Agent, port: number, ask: ModelRequest, mayRepeat = true): Promise<ModelResponse> {
  return new Promise((resolve, reject) => {
    const { method, path, body, limitMs } = ask;
    const headers = { ...ask.headers, 'content-length': body?.length ?? 0 };
    const outgoing = request({ agent, host: '127.0.0.1', port, method, path, headers });
    const timer = setTimeout(
      () => outgoing.destroy(new Error(`no answer from the model container within ${limitMs / 1000} s`)),
      limitMs,
    );
    const fail = (error: Error) => {
      clearTimeout(timer);
      reject(new ModelServerError(error.message));
    };
    outgoing.on('error', (error: Error & { code?: string }) => {
      if (!mayRepeat || error.code !== 'ECONNRESET' || !outgoing.reusedSocket) return fail(error);
      clearTimeout(timer);
      resolve(exchange(agent, port, ask, false));
    });
    outgoing.on('response', (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', fail);
      incoming.on('end', () => {
        clearTimeout(timer);
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks) });
      });
    });
    outgoing.end(body);
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => {
        if (typeof address === 'object' && address !== null) resolve(address.port);
        else reject(new Error('no free port'));
      });
    });
  });
}
