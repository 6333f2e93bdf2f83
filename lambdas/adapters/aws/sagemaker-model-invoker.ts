import { InvokeEndpointCommand, type SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { PlatformError, UnavailableError } from '../../../core/errors.ts';
import { ModelFailedError } from '../../../core/serving/serving-errors.ts';
import type { ModelInvoker } from '../../ports/model-invoker.ts';
import { awsFailure, isNamed } from './aws-failure.ts';

/** The codec of SageMaker's XGBoost container: CSV rows without a header, `nan` for a missing value, one score a row. */
export function sagemakerModelInvoker(runtime: SageMakerRuntimeClient): ModelInvoker {
  return {
    async score(endpointName, variant, rows, inferenceId, signal) {
      const invoke = new InvokeEndpointCommand({
        EndpointName: endpointName,
        TargetVariant: variant,
        InferenceId: inferenceId,
        ContentType: 'text/csv',
        Accept: 'text/csv',
        Body: new TextEncoder().encode(csvOf(rows)),
      });
      try {
        const { Body: body } = await runtime.send(invoke, signal === undefined ? {} : { abortSignal: signal });
        return scoresOf(endpointName, new TextDecoder().decode(body), rows.length);
      } catch (error) {
        throw failureOf(endpointName, error);
      }
    },
  };
}

function csvOf(rows: readonly (readonly (number | null)[])[]): string {
  return rows.map((row) => row.map((value) => (value === null ? 'nan' : String(value))).join(',')).join('\n');
}

function scoresOf(endpointName: string, text: string, rows: number): number[] {
  const scores = text
    .trim()
    .split(/[\s,]+/)
    .map((cell) => (cell === '' ? Number.NaN : Number(cell)));
  if (scores.length !== rows || scores.some((score) => !Number.isFinite(score))) {
    throw new ModelFailedError(endpointName, `${rows} rows were asked, the answer was "${text.slice(0, 200)}"`);
  }
  return scores;
}

function failureOf(endpointName: string, error: unknown): PlatformError {
  if (error instanceof PlatformError) return error;
  const because = error instanceof Error ? error.message : String(error);
  if (isNamed(error, 'ModelError')) return new ModelFailedError(endpointName, because, error);
  // the endpoint, or the variant the route names, is gone or not up yet: SageMaker calls both a validation error
  if (isNamed(error, 'ModelNotReadyException', 'ValidationError', 'ValidationException')) {
    return new UnavailableError(
      `endpoint ${endpointName} is not ready: ${because}; try again`,
      { endpointName },
      error,
    );
  }
  return awsFailure(`SageMaker InvokeEndpoint of ${endpointName}`, error);
}
