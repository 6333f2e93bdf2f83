import { AthenaClient, GetQueryExecutionCommand, StartQueryExecutionCommand } from '@aws-sdk/client-athena';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listFiles } from '../../local/services/s3/listing.ts';
import { type AthenaFixture, athenaFixture } from './athena-fixture.ts';
import { fakeEndpoint } from './fake-endpoint.ts';
import { PERSON } from './fake-region.ts';

let lake: AthenaFixture;
beforeAll(async () => {
  lake = await athenaFixture();
});
afterAll(() => lake.stop());

const start = (QueryString: string, more: object = {}) =>
  lake.call('StartQueryExecution', { QueryString, WorkGroup: 'team', ...more });

describe('starting a query', () => {
  it('gives the same execution for the same token, and refuses the token for another query', async () => {
    const ClientRequestToken = 'token-of-at-least-thirty-two-characters';
    const first = await start('SELECT 1', { ClientRequestToken });
    expect(await start('SELECT 1', { ClientRequestToken })).toEqual(first);
    await expect(start('SELECT 2', { ClientRequestToken })).rejects.toMatchObject({ code: 'InvalidRequestException' });
  });

  it.each([
    ['broken SQL', 'SELEC 1', 'mismatched input'],
    ['two statements', 'SELECT 1; DROP TABLE x', 'Only one sql statement'],
    ['DDL', 'DROP TABLE shop.sales', 'not supported'],
    ['commands of DuckDB', "ATTACH '/var/x.db'", 'not supported'],
    ['a setting', "SET memory_limit = '1GB'", 'not supported'],
    ['COPY', "COPY t TO '/var/x'", 'not supported'],
    ['PRAGMA', 'PRAGMA database_list', 'not supported'],
    ['a long text', `SELECT '${'x'.repeat(262_144)}'`, 'maximum allowed is 262144'],
  ])('refuses %s at once', async (_, sql, message) => {
    await expect(start(sql)).rejects.toMatchObject({
      code: 'InvalidRequestException',
      message: expect.stringContaining(message),
    });
  });

  it('needs a workgroup that exists and a place for results', async () => {
    await expect(start('SELECT 1', { WorkGroup: 'nobodys' })).rejects.toThrow('WorkGroup nobodys is not found');
    await expect(start('SELECT 1', { WorkGroup: 'primary' })).rejects.toThrow('No output location provided');
    const ResultConfiguration = { OutputLocation: 's3://no-such-bucket/' };
    await expect(start('SELECT 1', { WorkGroup: 'primary', ResultConfiguration })).rejects.toThrow('Unable to verify');
  });
});

describe('parameters', () => {
  it('are literals in the order of the question marks', async () => {
    const sql = "SELECT ? AS a, '?' AS b, ? AS c, 5 -? AS d -- ?\n, ? AS e, ? AS f";
    const rows = await lake.rows(sql, ["'it''s; DROP TABLE x --'", '1.5e0', '-1', "DATE '2020-01-01'", 'null']);
    expect(rows).toEqual([["it's; DROP TABLE x --", '?', '1.5', '6', '2020-01-01', null]]);
  });

  it.each(['x', "'a' OR 1=1", '(SELECT 1)', '1; DROP TABLE x', "'unclosed", "read_csv('/etc/passwd')", '1 -- '])(
    'refuses %j',
    async (parameter) => {
      await expect(start('SELECT ?', { ExecutionParameters: [parameter] })).rejects.toThrow('is not a SQL literal');
    },
  );

  it('come in the number that the text asks for', async () => {
    await expect(start('SELECT ?, ?', { ExecutionParameters: ['1'] })).rejects.toThrow('expected 2 but found 1');
    await expect(start('SELECT 1', { ExecutionParameters: ['1'] })).rejects.toThrow('expected 0 but found 1');
    await expect(start('SELECT ?')).rejects.toThrow('expected 1 but found 0');
  });
});

describe('the way to the file system is shut', () => {
  it.each([
    "SELECT * FROM read_parquet('/etc/passwd')",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_text('/etc/passwd') AS t",
    "SELECT * FROM glob('/*')",
    "SELECT * FROM '/etc/passwd'",
    'SELECT * FROM "/etc/passwd"',
    "SELECT content FROM (SELECT * FROM read_text('/etc/passwd'))",
    "SELECT * FROM (VALUES 1) AS v(x) CROSS JOIN read_text('/etc/passwd')",
    "SELECT getenv('HOME')",
    "SELECT * FROM query('SELECT 1')",
    "SELECT * FROM query_table('x')",
    'SELECT * FROM duckdb_settings()',
    "SELECT current_setting('home_directory')",
    'SELECT * FROM information_schema.tables',
    'SELECT * FROM duckdb_tables',
    'SELECT * FROM sqlite_master',
  ])('%s fails', async (sql) => {
    const { Status } = await lake.finish(sql);
    expect(Status.State).toBe('FAILED');
    expect(Status.StateChangeReason).toMatch(/FUNCTION_NOT_FOUND|TABLE_NOT_FOUND|SCHEMA_NOT_FOUND/);
  });
});

describe('results', () => {
  it('come in pages, the header first, and lie in the output location', async () => {
    const sql =
      'SELECT x, CASE WHEN x % 2 = 0 THEN \'"q", \' || CAST(x AS varchar) END FROM UNNEST(sequence(1, 2500)) AS t(x)';
    const done = await lake.finish(sql);
    expect(done.ResultConfiguration.OutputLocation).toBe(`s3://lake/results/${done.QueryExecutionId}.csv`);
    const found: (string | null)[][] = [];
    const sizes: number[] = [];
    let NextToken: string | undefined;
    do {
      const page = await lake.call('GetQueryResults', { QueryExecutionId: done.QueryExecutionId, NextToken });
      const { Rows } = page['ResultSet'] as { Rows: { Data: { VarCharValue?: string }[] }[] };
      sizes.push(Rows.length);
      found.push(...Rows.map(({ Data }) => Data.map(({ VarCharValue }) => VarCharValue ?? null)));
      NextToken = page['NextToken'] as string | undefined;
    } while (NextToken !== undefined);
    expect(sizes).toEqual([1000, 1000, 501]);
    expect(found.slice(0, 3)).toEqual([
      ['x', '_col1'],
      ['1', null],
      ['2', '"q", 2'],
    ]);
    expect(found).toHaveLength(2501);
  });

  it('name their columns in lower case and say their types', async () => {
    const { QueryExecutionId } = await lake.finish(
      'SELECT 1 AS "Big", count(*), DATE \'2020-01-01\' AS d, 1.50 AS dec',
    );
    const { ResultSet } = await lake.call('GetQueryResults', { QueryExecutionId });
    expect(ResultSet).toMatchObject({
      ResultSetMetadata: {
        ColumnInfo: [
          { Name: 'big', Type: 'integer' },
          { Name: '_col1', Type: 'bigint' },
          { Name: 'd', Type: 'date' },
          { Name: 'dec', Type: 'decimal' },
        ],
      },
    });
  });

  it('are refused for a query that failed', async () => {
    const { QueryExecutionId } = await lake.finish('SELECT 1 / 0');
    await expect(lake.call('GetQueryResults', { QueryExecutionId })).rejects.toThrow('Division by zero');
  });
});

describe('a query in its life', () => {
  it('is cancelled by StopQueryExecution and stays so', async () => {
    const sql =
      'SELECT count(*) FROM UNNEST(sequence(1, 100000)) AS a(x) CROSS JOIN UNNEST(sequence(1, 100000)) AS b(y) WHERE sin(x * y) > 2';
    const { QueryExecutionId } = await start(sql);
    await lake.call('StopQueryExecution', { QueryExecutionId });
    expect(await lake.call('GetQueryExecution', { QueryExecutionId })).toMatchObject({
      QueryExecution: { Status: { State: 'CANCELLED' } },
    });
  });

  it('tells EventBridge of each state', async () => {
    lake.region.events.length = 0;
    const { QueryExecutionId } = await lake.finish('SELECT 1');
    const own = lake.region.events.filter(({ detail }) => detail['queryExecutionId'] === QueryExecutionId);
    expect(own.map(({ detail }) => [detail['previousState'], detail['currentState']])).toEqual([
      [undefined, 'QUEUED'],
      ['QUEUED', 'RUNNING'],
      ['RUNNING', 'SUCCEEDED'],
    ]);
  });

  it('asks for its own permission on the workgroup', async () => {
    const resource = 'arn:aws:athena:us-east-1:000000000000:workgroup/team';
    for (const operation of ['StartQueryExecution', 'GetQueryExecution', 'GetQueryResults', 'StopQueryExecution']) {
      const { QueryExecutionId } = await lake.finish('SELECT 1');
      lake.region.denied.add(`athena:${operation} ${resource}`);
      const input =
        operation === 'StartQueryExecution' ? { QueryString: 'SELECT 1', WorkGroup: 'team' } : { QueryExecutionId };
      await expect(lake.call(operation, input, PERSON)).rejects.toMatchObject({ code: 'AccessDeniedException' });
      lake.region.denied.clear();
    }
  });

  it('runs through the AWS SDK', async () => {
    const endpoint = await fakeEndpoint(lake.region);
    const client = new AthenaClient({
      endpoint: endpoint.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    });
    const { QueryExecutionId } = await client.send(
      new StartQueryExecutionCommand({ QueryString: 'SELECT 1', WorkGroup: 'team' }),
    );
    const { QueryExecution } = await client.send(new GetQueryExecutionCommand({ QueryExecutionId }));
    expect(QueryExecution?.Status?.SubmissionDateTime).toBeInstanceOf(Date);
    client.destroy();
    await endpoint.close();
  });
});

describe('a region that was killed', () => {
  /** A region whose query ended unseen: it did its work, and the record of its end was lost. */
  async function comeBack(before: AthenaFixture, queryId: string): Promise<AthenaFixture> {
    const record = before.region.store('athena').get<object>('query', queryId);
    await before.athena.stop!();
    before.region.store('athena').put('query', queryId, { ...record, state: 'RUNNING' });
    before.region.close();
    const after = await athenaFixture({ stateDir: before.region.stateDir });
    await after.athena.resume!();
    return after;
  }

  it('runs what was running once more, and its files are there once', async () => {
    const before = await athenaFixture();
    const partitioned =
      "UNLOAD (SELECT 7 AS v, 'a' AS day) TO 's3://lake/out/' WITH (format = 'PARQUET', partitioned_by = ARRAY['day'])";
    const { QueryExecutionId } = await before.finish(partitioned);
    const files = listFiles(before.region, 'lake', 'out/').length;
    const after = await comeBack(before, QueryExecutionId);
    expect(await after.settled(QueryExecutionId)).toMatchObject({ Status: { State: 'SUCCEEDED' } });
    expect(listFiles(after.region, 'lake', 'out/')).toHaveLength(files);
    await after.stop();
  });

  it('runs what waited or ran when it was stopped in good order', async () => {
    const before = await athenaFixture();
    const QueryString = 'SELECT count(*) FROM unnest(sequence(1, 10000)) a(x), unnest(sequence(1, 10000)) b(y)';
    const { QueryExecutionId } = await before.call('StartQueryExecution', { QueryString, WorkGroup: 'team' });
    await before.athena.stop!();
    before.region.close();
    const after = await athenaFixture({ stateDir: before.region.stateDir });
    await after.athena.resume!();
    expect(await after.settled(String(QueryExecutionId))).toMatchObject({ Status: { State: 'SUCCEEDED' } });
    await after.stop();
  });

  it('fails a statement that may have made its table already', async () => {
    const before = await athenaFixture();
    const { QueryExecutionId } = await before.finish('CREATE TABLE copy AS SELECT 1 AS v');
    const after = await comeBack(before, QueryExecutionId);
    const { Status } = await after.settled(QueryExecutionId);
    expect(Status).toMatchObject({ State: 'FAILED', StateChangeReason: expect.stringContaining('drop the table') });
    await after.stop();
  });
});
