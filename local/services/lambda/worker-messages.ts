/** What the region tells a worker when it starts. */
export interface WorkerStart {
  readonly codeDir: string;
  readonly handler: string;
  /** Where answers of custom resources go; CDK's handlers insist on https and drop the port. */
  readonly responsePath: string;
  readonly endpointUrl: string;
}

/** One event for the worker's handler. */
export interface InvokeMessage {
  /** JSON text. */
  readonly payload: string;
  readonly requestId: string;
  /** Epoch milliseconds at which the region gives up. */
  readonly deadlineMs: number;
  readonly functionArn: string;
}

/** An error in the shape Lambda gives to callers. */
export interface FunctionErrorDocument {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

export type WorkerMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'init-error'; readonly error: FunctionErrorDocument }
  /** `payload` is JSON text. */
  | { readonly kind: 'result'; readonly payload: string }
  | { readonly kind: 'error'; readonly error: FunctionErrorDocument };
