export interface StopSignals {
  /** Aborts at the first Ctrl-C, SIGTERM or SIGHUP. */
  readonly signal: AbortSignal;
  /** Resolves then. */
  readonly asked: Promise<void>;
  dispose(): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The first signal asks to stop in good order; the second ends the process at once. */
export function listenForStop(onAsked: () => void): StopSignals {
  const controller = new AbortController();
  let resolveAsked = (): void => {};
  const asked = new Promise<void>((resolve) => {
    resolveAsked = resolve;
  });
  const listener = (): void => {
    if (controller.signal.aborted) process.exit(130);
    onAsked();
    controller.abort();
    resolveAsked();
  };
  for (const name of SIGNALS) process.on(name, listener);
  return {
    signal: controller.signal,
    asked,
    dispose: () => {
      for (const name of SIGNALS) process.off(name, listener);
    },
  };
}
