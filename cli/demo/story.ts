import { join } from 'node:path';
import { makeApiClient } from '../api/api-client.ts';
import { secondsText } from '../terminal/plain-words.ts';
import { type CheckedClaim, checkClaims } from './claim.ts';
import { type StoryFigures, storyFigures } from './figures/story-figures.ts';
import { feedPanel } from './panel-feed.ts';
import { type DemoRegion, startDemoRegion } from './region/demo-region.ts';
import { badRelease } from './scenes/bad-release.ts';
import { campaign } from './scenes/campaign.ts';
import { evidence } from './scenes/evidence.ts';
import { firstRelease } from './scenes/first-release.ts';
import { usualTraffic } from './scenes/live-traffic.ts';
import { retraining } from './scenes/retraining.ts';
import { rollBack } from './scenes/roll-back.ts';
import { scan } from './scenes/scan.ts';
import type { Screen } from './screen/screen.ts';
import type { Scene, Stage } from './stage.ts';
import { startTraffic } from './traffic/live-traffic.ts';
import { makeWorld } from './world/world.ts';

export interface StoryOptions {
  /** Of the HTTP API; 0 takes a free one. */
  readonly port: number;
  /** Folder of its own; everything in it is removed. */
  readonly dir: string;
  readonly seed: number;
  readonly screen: Screen;
  readonly startedAtMs: number;
  readonly signal: AbortSignal;
}

/** What is known at the end, however it came. */
export interface Story {
  readonly model: string;
  readonly scenes: readonly SceneTime[];
  readonly claims: readonly CheckedClaim[];
  readonly figures: StoryFigures;
  readonly totalMs: number;
}

export interface SceneTime {
  readonly scene: string;
  readonly tookMs: number;
}

const MODEL = 'will_buy';
const DEFINITIONS = join(import.meta.dirname, 'definitions');
/** Waits and schedules run so many times faster; see the durations in shop-definitions.ts. */
const SPEED = 30;
const REQUESTS_PER_SECOND = 100;

/**
 * Plays the scenes one after the other, with customers who ask all the while.
 *
 * @param onRegion told as soon as the region is there, which whoever called has to stop
 * @throws ClaimError at the first claim that is not so
 */
export async function tellStory(options: StoryOptions, onRegion: (region: DemoRegion) => void): Promise<Story> {
  const { screen, signal, startedAtMs, seed } = options;
  const scenes: SceneTime[] = [];
  const claims: CheckedClaim[] = [];
  const timed = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const fromMs = performance.now();
    const result = await work();
    scenes.push({ scene: name, tookMs: Math.round(performance.now() - fromMs) });
    return result;
  };

  screen.scene('region', 'A region on this machine, from the templates that cdk deploy would ship');
  const region = await timed('region', () => bringUp(options, onRegion));
  const stage: Stage = { api: makeApiClient({ url: region.apiUrl, env: {} }), model: MODEL, screen, signal };
  const play = <G, F extends object>(scene: Scene<G, F>, given: G): Promise<F> =>
    timed(scene.name, async () => {
      screen.scene(scene.name, scene.title);
      const facts = await scene.play(stage, given);
      checkClaims(scene.name, scene.claims, facts, (checked) => {
        claims.push(checked);
        screen.claim(checked.scene, checked.claim, checked.holds);
      });
      return facts;
    });

  const now = new Date();
  const world = makeWorld(seed, now);
  const first = await play(firstRelease, { world, dataDir: join(options.dir, 'data') });
  const traffic = startTraffic({
    url: region.apiUrl,
    model: MODEL,
    seed,
    nowMs: now.getTime(),
    perSecond: REQUESTS_PER_SECOND,
  });
  const stopFeeding = feedPanel(stage, traffic, learnedBaskets(seed, now));
  try {
    const champion = first.release.releaseId;
    const { reference } = await play(usualTraffic, { traffic, champion });
    const { beganAtMs } = await play(campaign, { traffic });
    const found = await play(scan, { beganAtMs });
    const { scanId, at } = found.report;
    const retrained = await play(retraining, { traffic, scanId, scannedAtMs: Date.parse(at), beganAtMs, champion });
    const next = retrained.release.releaseId;
    const bad = await play(badRelease, { traffic, champion: next });
    const rolledBack = await play(rollBack, { traffic, from: next, before: reference });
    const shown = await play(evidence, { traffic });
    const figures = storyFigures({ startedAtMs, first, found, retrained, bad, rolledBack, evidence: shown });
    return { model: MODEL, scenes, claims, figures, totalMs: Date.now() - startedAtMs };
  } finally {
    stopFeeding();
    await traffic.abandon(); // it has ended unless something went wrong
  }
}

async function bringUp(
  { port, dir, screen, signal }: StoryOptions,
  onRegion: (region: DemoRegion) => void,
): Promise<DemoRegion> {
  const start = { definitionsDir: DEFINITIONS, port, stateDir: join(dir, 'state'), speed: SPEED };
  const fromMs = Date.now();
  const region = await startDemoRegion(
    start,
    ({ kind, line }) => (kind === 'note' ? screen.tell(line, 'region') : screen.doing(line)),
    signal,
  );
  onRegion(region);
  screen.tell(`${region.apiUrl} answers after ${secondsText(Date.now() - fromMs)}`, 'up', { apiUrl: region.apiUrl });
  return region;
}

/** For the panel's picture: baskets as they usually are, in bins of the same width in their logarithm. */
function learnedBaskets(seed: number, now: Date) {
  const { visit } = makeWorld(seed, now);
  const baskets = Array.from({ length: 2_000 }, () => visit('usual').basket);
  const edges = Array.from({ length: 15 }, (_, i) => Math.exp(1.2 + 0.27 * i));
  return { baskets, edges };
}
