import type { Region } from '../../service.ts';
import { bindParameters } from './parameters.ts';
import type { QueryRecord } from './query-record.ts';
import { QueryError } from './sql-tree.ts';
import { readStatement, type Statement } from './statement.ts';
import { authorizedWorkGroup, type WorkGroup } from './work-group.ts';

export interface QueryJob {
  readonly id: string;
  readonly statement: Statement;
  readonly workGroup: WorkGroup;
}

/**
 * A query that was waiting or running when the region ended, to be run again under its id: in AWS it would not have
 * noticed. Its files carry its id, so the second run replaces those of the first.
 *
 * @throws QueryError for CREATE TABLE AS, which may have made its table already
 * @throws AwsError when its caller may not start it any more
 */
export function unfinishedJob(region: Region, record: QueryRecord): QueryJob {
  const statement = readStatement(bindParameters(record.sql, record.parameters));
  if (statement.kind === 'create-table-as') {
    throw new QueryError(
      'the laptop region was stopped while the query ran; drop the table if it is there, and try again',
    );
  }
  const workGroup = authorizedWorkGroup(region, record.caller, 'athena:StartQueryExecution', record.workGroup);
  return { id: record.id, statement, workGroup };
}
