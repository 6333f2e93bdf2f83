import { type Definitions, resolveView } from '../../../core/definitions/definitions.ts';
import { versionKey } from '../../../core/versions/release-needs.ts';
import { reasonsUnfit } from '../../../core/versions/source-fit.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { VersionRegistry } from '../../ports/version-registry.ts';
import type { LiveVersion, ViewVersions } from '../../ports/view-versions.ts';

export interface RegisteredViewVersionsProps {
  /** Those that are deployed. */
  readonly definitions: Definitions;
  readonly registry: Pick<VersionRegistry, 'kept'>;
  readonly clock: Clock;
  /** How long an answer is used again; 0 for work that has to see every change. */
  readonly keepMs: number;
}

/** Long enough to spare the registry, short beside the grace period and the minutes a materialization takes. */
export const SERVING_KEEP_MS = 5_000;

/**
 * The current versions, from the definitions, and the others that are registered as live. One that the sources as they
 * are now can not feed any more is left out: `headgate plan` refuses such a change while a release needs the version.
 */
export function registeredViewVersions(props: RegisteredViewVersionsProps): ViewVersions {
  const { definitions, registry, clock, keepMs } = props;
  const current = definitions.featureViews.map(({ name }) => resolveView(definitions, name));
  const isCurrent = new Set(current.map(({ view, version }) => versionKey(view.name, version)));
  let kept: {
    readonly fromMs: number;
    readonly untilMs: number;
    readonly live: Promise<readonly LiveVersion[]>;
  } | null = null;

  const read = async (): Promise<readonly LiveVersion[]> => {
    const registered = (await registry.kept()).filter(({ state }) => state === 'live');
    const needs = new Map(
      registered.map(({ resolved, neededBy }) => [versionKey(resolved.view.name, resolved.version), neededBy]),
    );
    const others = registered
      .map(({ resolved }) => resolved)
      .filter(({ view, version }) => !isCurrent.has(versionKey(view.name, version)))
      .filter((resolved) => reasonsUnfit(resolved, definitions.sources).length === 0);
    const live = [...current, ...others].map((resolved): LiveVersion => {
      const key = versionKey(resolved.view.name, resolved.version);
      return { resolved, isCurrent: isCurrent.has(key), neededBy: needs.get(key) ?? [] };
    });
    return live.sort(inOrder);
  };

  return {
    live: () => {
      const nowMs = clock.now().getTime();
      if (kept === null || nowMs >= kept.untilMs || nowMs < kept.fromMs) {
        const live = read();
        const mine = { fromMs: nowMs, untilMs: nowMs + keepMs, live };
        kept = mine;
        live.catch(() => {
          if (kept === mine) kept = null; // the next caller asks again
        });
      }
      return kept.live;
    },
  };
}

/** By view; of one view the current version first. */
function inOrder(a: LiveVersion, b: LiveVersion): number {
  const place = ({ resolved, isCurrent }: LiveVersion) =>
    `${resolved.view.name} ${isCurrent ? 0 : 1} ${resolved.version}`;
  return place(a) < place(b) ? -1 : 1;
}
