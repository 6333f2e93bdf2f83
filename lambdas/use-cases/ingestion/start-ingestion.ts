import type { IngestionRequest } from '../../../contracts/api/ingestions.ts';
import type { Definitions } from '../../../core/definitions/definitions.ts';
import { ConflictError, InvalidInputError, PlatformError } from '../../../core/errors.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { Execution, Workflow } from '../../ports/workflow.ts';
import { ingestionOf } from './ingestion-of.ts';

const MAX_ATTEMPTS = 100;

export interface StartIngestionDeps {
  readonly definitions: Definitions;
  readonly objects: Pick<ObjectStore, 'head'>;
  readonly offlineBucket: string;
  readonly workflow: Workflow;
}

/**
 * Starts loading an uploaded file. While a load of it runs or after one has succeeded that execution is answered; after
 * a failure a new one is started. Attempts are numbered, so two callers at once start one execution.
 *
 * @throws ConflictError when the file has not been uploaded
 */
export async function startIngestion(
  deps: StartIngestionDeps,
  view: string,
  ingestionId: string,
  file: IngestionRequest,
): Promise<{ readonly executionId: string }> {
  const task = ingestionOf(deps.definitions, view, file);
  if (task.ingestionId !== ingestionId) {
    throw new InvalidInputError(
      `ingestion "${ingestionId}" is of another file: these facts mean ingestion ${task.ingestionId}; ` +
        'start with the same body that opened it',
      { given: ingestionId, expected: task.ingestionId },
    );
  }
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const name = `${ingestionId}-${attempt}`;
    const there = await describeOrNull(deps.workflow, `ingest:${name}`);
    if (there === null) {
      await mustBeUploaded(deps, task);
      return deps.workflow.start('ingest', name, task);
    }
    if (there.status === 'RUNNING' || there.status === 'SUCCEEDED') return { executionId: there.executionId };
  }
  throw new ConflictError(`ingestion ${ingestionId} has failed ${MAX_ATTEMPTS} times; fix the file and open it anew`, {
    ingestionId,
  });
}

async function describeOrNull(workflow: Workflow, executionId: string): Promise<Execution | null> {
  try {
    return await workflow.describe(executionId);
  } catch (error) {
    if (error instanceof PlatformError && error.kind === 'not-found') return null;
    throw error;
  }
}

async function mustBeUploaded(
  { objects, offlineBucket }: StartIngestionDeps,
  task: { readonly key: string; readonly sizeBytes: number; readonly fileName: string },
): Promise<void> {
  const landed = await objects.head({ bucket: offlineBucket, key: task.key });
  if (landed?.sizeBytes === task.sizeBytes) return;
  const found = landed === null ? 'nothing was uploaded' : `${landed.sizeBytes} of ${task.sizeBytes} bytes were`;
  throw new ConflictError(`file "${task.fileName}" is not there: ${found}; PUT it to the upload URL first`, {
    key: task.key,
  });
}
