import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';

/** A container gets 10 s for its answer; one more try, because scoring changes nothing. */
export function sagemakerRuntimeClient(): SageMakerRuntimeClient {
  return new SageMakerRuntimeClient({
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 500, requestTimeout: 10_000, throwOnRequestTimeout: true },
  });
}
