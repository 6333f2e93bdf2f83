import type { AuditResponse } from '../../contracts/api/catalog.ts';
import type { AuditRecord } from '../../core/audit/audit-record.ts';
import { asked } from './api.ts';

/** Every record of a model's chain, page by page. */
export async function auditChain(url: string, model: string, limit = 500): Promise<readonly AuditRecord[]> {
  const records: AuditRecord[] = [];
  for (let from: number | null = 1; from !== null; ) {
    const page: AuditResponse = await asked(url, `/v1/audit?model=${model}&from=${from}&limit=${limit}`);
    records.push(...page.records);
    from = page.next;
  }
  return records;
}
