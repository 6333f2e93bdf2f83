import { formatOfName } from '../../../contracts/api/file-format.ts';
import { FILE_FORMATS, type IngestionRequest } from '../../../contracts/api/ingestions.ts';
import type { IngestionTask } from '../../../contracts/ingestion-task.ts';
import { digestOf } from '../../../core/canonical-json.ts';
import { type Definitions, sourceFor } from '../../../core/definitions/definitions.ts';
import { InvalidInputError } from '../../../core/errors.ts';
import { sourceTable } from '../../../core/offline/table-layout.ts';

/**
 * The ingestion a file means: named by source and content, so that the same file is the same ingestion.
 *
 * @param view name of a feature view or of a source
 * @throws NotFoundError, InvalidInputError when the format cannot be told
 */
export function ingestionOf(definitions: Definitions, view: string, file: IngestionRequest): IngestionTask {
  const source = sourceFor(definitions, view);
  const format = file.format ?? formatOfName(file.fileName);
  if (format === null) {
    throw new InvalidInputError(
      `the format of "${file.fileName}" cannot be told from its name; give the format (--format, or "format" in a request): ${FILE_FORMATS.join(', ')}`,
      { fileName: file.fileName, allowed: FILE_FORMATS },
    );
  }
  // how its rows are to be known is not part of the name: a file that was loaded one way is not loaded again the other way
  const ingestionId = digestOf({ source: source.name, sha256: file.sha256 }).slice(0, 32);
  return {
    ingestionId,
    source: source.name,
    table: sourceTable(source.name),
    runId: ingestionId,
    key: `landing/${ingestionId}`,
    format,
    sha256: file.sha256,
    sizeBytes: file.sizeBytes,
    fileName: file.fileName,
    history: file.history,
  };
}
