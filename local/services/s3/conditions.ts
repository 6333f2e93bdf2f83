import { AwsError } from '../../service.ts';
import type { ObjectRecord } from './records.ts';

type Headers = Readonly<Record<string, string>>;

/** Whether the header's list of ETags names this one; `*` names any. */
function names(list: string, etag: string): boolean {
  return list
    .split(',')
    .some((item) => item.trim() === '*' || item.trim().replace(/^W\//, '').replaceAll('"', '') === etag);
}

/** HTTP dates have whole seconds, so the object's own time is cut to seconds before it is compared. */
function isModifiedSince(record: ObjectRecord, header: string): boolean {
  return Math.floor(Date.parse(record.lastModified) / 1000) * 1000 > Date.parse(header);
}

function preconditionFailed(condition: string): AwsError {
  return new AwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412, {
    Condition: condition,
  });
}

/**
 * Weighs the conditions of a read.
 *
 * @returns true when the answer is 304 Not Modified
 * @throws AwsError PreconditionFailed
 */
export function isNotModified(headers: Headers, record: ObjectRecord): boolean {
  const ifMatch = headers['if-match'];
  const ifUnmodified = headers['if-unmodified-since'];
  if (ifMatch !== undefined && !names(ifMatch, record.etag)) throw preconditionFailed('If-Match');
  if (ifMatch === undefined && ifUnmodified !== undefined && isModifiedSince(record, ifUnmodified)) {
    throw preconditionFailed('If-Unmodified-Since');
  }
  const ifNoneMatch = headers['if-none-match'];
  if (ifNoneMatch !== undefined) return names(ifNoneMatch, record.etag);
  const ifModified = headers['if-modified-since'];
  return ifModified !== undefined && !isModifiedSince(record, ifModified);
}

/** The condition of a write: `If-None-Match: *` creates only, `If-Match: "etag"` replaces only that version. */
export function writeCondition(headers: Headers): (current: ObjectRecord | undefined) => void {
  return (current) => {
    const ifNoneMatch = headers['if-none-match'];
    if (ifNoneMatch !== undefined && ifNoneMatch !== '*') {
      throw new AwsError(
        'NotImplemented',
        'A header you provided implies functionality that is not implemented: If-None-Match takes only *',
        501,
      );
    }
    if (ifNoneMatch === '*' && current !== undefined) throw preconditionFailed('If-None-Match');
    const ifMatch = headers['if-match'];
    if (ifMatch === undefined) return;
    if (current === undefined) throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404);
    if (!names(ifMatch, current.etag)) throw preconditionFailed('If-Match');
  };
}
