import type { EndRetirementRequest, RetiringVersion } from '../../../contracts/version-flow.ts';
import { viewTable } from '../../../core/offline/table-layout.ts';
import { endRetirement, isSweptBy } from '../../../core/versions/registered-version.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { EventBus } from '../../ports/event-bus.ts';
import type { TableLog } from '../../ports/table-log.ts';
import type { VersionRegistry } from '../../ports/version-registry.ts';

export interface EndRetirementDeps {
  readonly versionRegistry: Pick<VersionRegistry, 'find' | 'change'>;
  readonly tables: Pick<TableLog, 'forgetOnline'>;
  readonly events: EventBus;
  readonly clock: Clock;
}

/**
 * Notes that nothing of the swept versions is online any more, so that one that comes back is brought online from its
 * first row, and ends their retirement. Their rows stay offline. Safe to repeat.
 */
export async function endRetirements(
  deps: EndRetirementDeps,
  { survey }: EndRetirementRequest,
): Promise<{ readonly retired: readonly RetiringVersion[] }> {
  const at = deps.clock.now().toISOString();
  const retired: RetiringVersion[] = [];
  for (const { view, version } of survey.retiring) {
    if (!isSweptBy(await deps.versionRegistry.find(view, version), survey.retirementId)) continue;
    await deps.tables.forgetOnline(viewTable(view, version));
    await deps.versionRegistry.change(view, version, (seen) => endRetirement(seen, survey.retirementId, at));
    retired.push({ view, version });
  }
  if (retired.length > 0) {
    await deps.events.publish(
      retired.map(({ view, version }) => ({
        type: 'headgate.version.retired',
        subject: view,
        data: { version, at },
        key: `${version} ${survey.retirementId}`,
      })),
    );
  }
  return { retired };
}
