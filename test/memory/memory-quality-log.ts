import type { QualityReport } from '../../contracts/quality.ts';
import type { QualityLog } from '../../lambdas/ports/quality-log.ts';

export function memoryQualityLog(): QualityLog {
  const reports = new Map<string, QualityReport>();
  return {
    async keep(table, report) {
      const before = reports.get(table);
      if (before === undefined || Date.parse(before.at) <= Date.parse(report.at)) reports.set(table, report);
    },
    newest: async (table) => reports.get(table) ?? null,
  };
}
