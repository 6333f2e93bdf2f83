import { expect, it } from 'vitest';
import { runCommand } from './run-command.ts';
import { apiOf, execution } from './scripted-api.ts';

const report = {
  ingestionId: 'i1',
  table: 'crm.orders',
  files: 2,
  rowsRead: 3,
  rowsWritten: 2,
  rowsQuarantined: 1,
  reasons: { 'quantity is not a whole number: "many"': 1 },
  quarantineUri: 's3://offline/quarantine/orders/i1/',
  ignoredColumns: [],
};
const route = 'POST /v1/feature-views/spend/table-ingestions';
const started = { status: 202, body: { executionId: 'ingest-table:e1' } };

it('asks for a table, follows the flow and reports', async () => {
  const api = await apiOf({
    [route]: started,
    'GET /v1/executions/ingest-table%3Ae1': [execution('RUNNING'), execution('SUCCEEDED', { output: report })],
  });
  const args = ['ingest', 'spend', '--table', 'crm.orders', '--since', '2026-01-01', '--history', '--url', api.url];
  const ran = await runCommand(args);
  expect(ran).toMatchObject({ code: 0 });
  expect(JSON.parse(api.asked[0]!.body)).toEqual({
    table: 'crm.orders',
    since: '2026-01-01T00:00:00.000Z',
    history: true,
  });
  expect(ran.stdout).toContain('crm.orders is loaded, in 2 files\n  rows read         3\n');
  expect(ran.stdout).toContain('they are kept in  s3://offline/quarantine/orders/i1/');
});

it('prints the report alone as JSON', async () => {
  const api = await apiOf({
    [route]: started,
    'GET /v1/executions/ingest-table%3Ae1': execution('SUCCEEDED', { output: report }),
  });
  const ran = await runCommand(['ingest', 'spend', '--table', 'crm.orders', '--json', '--url', api.url]);
  expect(JSON.parse(ran.stdout)).toEqual(report);
  expect(JSON.parse(api.asked[0]!.body)).toEqual({ table: 'crm.orders', history: false });
});

it('shows why a table is refused, and does not blame the credentials', async () => {
  const error = { name: 'TableNotAllowedError', kind: 'forbidden', message: 'may not be ingested from', details: {} };
  const api = await apiOf({ [route]: { status: 403, body: { error } } });
  const ran = await runCommand(['ingest', 'spend', '--table', 'crm.orders', '--url', api.url]);
  expect(ran.code).toBe(1);
  expect(ran.stderr).toContain('may not be ingested from');
  expect(ran.stderr).not.toContain('credentials');
});
