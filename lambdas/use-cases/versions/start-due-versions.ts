import { digestOf } from '../../../core/canonical-json.ts';
import { floorTick } from '../../../core/offline/ticks.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { ViewVersions } from '../../ports/view-versions.ts';
import type { Workflow } from '../../ports/workflow.ts';

export interface StartDueVersionsDeps {
  readonly versions: ViewVersions;
  readonly workflow: Pick<Workflow, 'start'>;
  readonly clock: Clock;
}

/**
 * Starts the materialization of every live version that the schedules of the definitions do not start: those that are
 * no longer current, among them those of views that are gone. The name of an execution is its tick, so that each tick
 * is started once however often this is called.
 */
export async function startDueVersions(deps: StartDueVersionsDeps): Promise<{ readonly started: readonly string[] }> {
  const others = (await deps.versions.live()).filter(({ isCurrent }) => !isCurrent);
  const nowMs = deps.clock.now().getTime();
  const started = await Promise.all(
    others.map(async ({ resolved }) => {
      const ask = { view: resolved.view.name, version: resolved.version, cause: 'schedule' };
      const tickMs = floorTick(nowMs, resolved.view.scheduleMs);
      const name = digestOf({ ...ask, tickMs }).slice(0, 32);
      return (await deps.workflow.start('materialize', name, ask)).executionId;
    }),
  );
  return { started };
}
