import type { DeployedDefinitionsResponse } from '../../contracts/api/versions.ts';
import { HOUR_MS } from '../../core/clock.ts';
import type { Definitions, ResolvedView } from '../../core/definitions/definitions.ts';
import type { DeployedState } from '../../core/plan/deployed-state.ts';

/** What `GET /v1/definitions` answered, as the plan reads it. Its documents were checked when they were deployed. */
export function deployedState(answer: DeployedDefinitionsResponse): DeployedState {
  const msOf = (instant: string | null) => (instant === null ? null : Date.parse(instant));
  return {
    definitions: answer.definitions as unknown as Definitions,
    versions: answer.versions.map((version) => ({
      resolved: version.resolved as unknown as ResolvedView,
      isCurrent: version.isCurrent,
      unneededSince: version.unneededSince,
      rows: version.rows,
      materializedToMs: msOf(version.materializedTo),
      isOnline: version.onlineTo !== null,
    })),
    retired: answer.retired.map(({ resolved }) => resolved as unknown as ResolvedView),
    needs: answer.needs,
    sources: Object.fromEntries(
      answer.sources.map(({ name, rows, oldestEventTime, newestEventTime }) => [
        name,
        { rows, oldestEventTimeMs: msOf(oldestEventTime), newestEventTimeMs: msOf(newestEventTime) },
      ]),
    ),
    versionGraceMs: answer.versionGraceHours * HOUR_MS,
  };
}
