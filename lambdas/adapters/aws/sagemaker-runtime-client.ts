import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';

/** A container gets 10 s for its answer; one more try, because scoring changes nothing. */
export function sagemakerRuntimeClient(): SageMakerRuntimeClient {
  return new SageMakerRuntimeClient({
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 500, requestTimeout: 10_000, throwOnRequestTimeout: true },
  });
}

/** For measuring: an answer that failed counts as one, and requests do not queue for a connection. */
export function replayRuntimeClient(): SageMakerRuntimeClient {
  const agent = { keepAlive: true, maxSockets: 512 };
  return new SageMakerRuntimeClient({
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: 500,
      requestTimeout: 10_000,
      throwOnRequestTimeout: true,
      httpAgent: agent,
      httpsAgent: agent,
    },
  });
}
