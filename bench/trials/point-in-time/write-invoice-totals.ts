import { DuckDBInstance } from '@duckdb/node-api';

/**
 * Writes the invoices of Online Retail whose customer is known, as Parquet: total, and the time of the first line. In
 * order of invoice number, because of two rows at one instant the later one in the file counts.
 *
 * @returns number of invoices
 */
export async function writeInvoiceTotals(onlineRetailFile: string, toFile: string): Promise<number> {
  const duckdb = await DuckDBInstance.create(':memory:');
  const connection = await duckdb.connect();
  try {
    const written = await connection.run(
      `COPY (
        SELECT CAST(CustomerID AS BIGINT) AS customer_id, InvoiceNo AS invoice_no, min(InvoiceDate) AS invoiced_at,
          round(sum(Quantity * UnitPrice), 2) AS total
        FROM '${quoted(onlineRetailFile)}' WHERE CustomerID IS NOT NULL GROUP BY 1, 2 ORDER BY 2
      ) TO '${quoted(toFile)}' (FORMAT parquet)`,
    );
    const [[rows = 0] = []] = await written.getRows();
    return Number(rows);
  } finally {
    connection.closeSync();
    duckdb.closeSync();
  }
}

function quoted(file: string): string {
  return file.replaceAll("'", "''");
}
