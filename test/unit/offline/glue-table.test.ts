import { expect, it } from 'vitest';
import { resolveView } from '../../../core/definitions/definitions.ts';
import { createViewTable } from '../../../core/offline/glue-table.ts';
import { fixtureDefinitions } from '../../infra/fixture-definitions.ts';

it('asks for a table with the keys and features of one version, over the files of that version alone', () => {
  const resolved = resolveView(fixtureDefinitions(), 'last_order');
  const { DatabaseName, TableInput } = createViewTable(resolved, {
    database: 'headgate_dev',
    offlineBucket: 'offline',
  });
  expect(DatabaseName).toBe('headgate_dev');
  expect(TableInput.Name).toBe(`view_last_order_${resolved.version}`);
  expect(TableInput.StorageDescriptor.Location).toBe(`s3://offline/view/last_order/${resolved.version}/`);
  expect(Object.fromEntries(TableInput.StorageDescriptor.Columns.map(({ Name, Type }) => [Name, Type]))).toEqual({
    customer_id: 'bigint',
    country: 'string',
    ordered_at: 'bigint',
    event_time_ms: 'bigint',
    known_at_ms: 'bigint',
    loaded_at_ms: 'bigint',
    seq: 'bigint',
  });
  expect(TableInput.Parameters['storage.location.template']).toBe(
    `${TableInput.StorageDescriptor.Location}loaded_day=\${loaded_day}/`,
  );
});
