import { firstBrokenRecord } from '../../core/audit/audit-record.ts';
import { canonicalJson } from '../../core/canonical-json.ts';
import { HOUR_MS, type Random } from '../../core/clock.ts';
import type { RolloutOutcome } from '../../core/rollout/rollout.ts';
import type { Moment } from './process.ts';
import { type Scene, type SceneProps, scene } from './scene.ts';
import { type Act, type Calls, strikeOnce } from './strike.ts';
import type { Mutation } from './world.ts';

/** What became of the rollout that a fault was aimed at; `refused` when it never began. */
export type Ending = RolloutOutcome | 'refused';

export interface Staged extends Scene {
  readonly moment: Moment;
  readonly random: Random;
}

/** A fault of the catalogue. */
export interface Fault {
  readonly number: number;
  readonly title: string;
  /** How the rollout may end; anything else is a violation. */
  readonly ends: readonly Ending[];
  /** What the model and its releases are like. */
  readonly scene?: (random: Random) => Omit<SceneProps, 'seed' | 'mutation'>;
  /** Strikes once at one of these calls, which one is drawn from the seed. */
  readonly at?: { readonly calls: Calls; readonly act: Act };
  /** What else happens, beside the strike. Starts the rollout itself when `startsItself`. */
  readonly stage?: (staged: Staged) => void | Promise<void>;
  readonly startsItself?: boolean;
  /** What else has to be so at the end; each sentence is a violation. */
  readonly check?: (staged: Staged) => Promise<readonly string[]>;
  /** Rollouts beside the one under test may go on to their end. @default 40 hours */
  readonly withinMs?: number;
}

export interface Simulated {
  readonly fault: number;
  readonly moment: Moment;
  readonly seed: number;
  readonly ending: Ending;
  /** Whether the strike found its call. */
  readonly isStruck: boolean;
  readonly problems: readonly string[];
  readonly calls: number;
}

export const MOMENTS: readonly Moment[] = ['before', 'after', 'between'];

const counted = new Map<Fault, Promise<number>>();

/** One rollout of one seed with one fault at one moment. The same arguments give the same run, to the last millisecond. */
export async function simulate(fault: Fault, moment: Moment, seed: number, mutation?: Mutation): Promise<Simulated> {
  const { staged, met } = await staging(fault, moment, seed, mutation, async (random) => {
    const calls = await callsOf(fault);
    return calls === 0 ? 0 : 1 + Math.floor(random() * calls);
  });
  const { world } = staged;
  const problems = [
    ...world.invariants.violations.map(
      ({ invariant, says, atMs }) => `${invariant} at ${new Date(atMs).toISOString()}: ${says}`,
    ),
    ...(world.invariants.violations.length > 0 ? [] : await unsettled(staged)),
    ...(fault.check === undefined ? [] : await fault.check(staged)),
  ];
  const rollout = await staged.rollout();
  const ending = rollout?.outcome ?? 'refused';
  if (!fault.ends.includes(ending)) {
    problems.push(`ended ${ending}, not ${fault.ends.join(' or ')}: ${rollout?.because ?? 'it never did'}`);
  }
  return { fault: fault.number, moment, seed, ending, isStruck: met().struck > 0, problems, calls: world.calls };
}

/** How many calls a fault could strike, in a run that it leaves alone. */
function callsOf(fault: Fault): Promise<number> {
  if (fault.at === undefined) return Promise.resolve(0);
  let found = counted.get(fault);
  if (found === undefined) {
    found = staging(fault, 'before', 1, undefined, async () => 0).then(({ met }) => met().met);
    counted.set(fault, found);
  }
  return found;
}

async function staging(
  fault: Fault,
  moment: Moment,
  seed: number,
  mutation: Mutation | undefined,
  nthOf: (random: Random) => Promise<number>,
) {
  const random = mixed(seed, fault.number);
  const props = fault.scene?.(random) ?? {};
  const nth = await nthOf(random);
  const set = await scene({ seed: seed * 1_000 + fault.number, ...props, ...(mutation !== undefined && { mutation }) });
  const staged: Staged = { ...set, moment, random };
  const { world } = staged;
  const strikes = fault.at === undefined ? null : strikeOnce(world, fault.at.calls, nth, moment, fault.at.act);
  if (strikes !== null) world.disturbance = strikes;
  await fault.stage?.(staged);
  if (!fault.startsItself) staged.start();
  await world.run(fault.withinMs ?? 40 * HOUR_MS);
  return { staged, met: () => ({ met: strikes?.met ?? 0, struck: strikes?.struck ?? 1 }) };
}

function mixed(seed: number, fault: number): Random {
  let state = (seed * 2_654_435_761 + fault * 40_503) >>> 0;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32;
  };
}

/** What is left over: after the faults every rollout comes to its end and leaves everything in order. */
async function unsettled({ world }: Scene): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const { status, name } of world.flows.executions)
    if (status === 'RUNNING') problems.push(`execution ${name} does not end`);
  for (const model of world.models) {
    const { route, endpointName } = await world.registry.model(model);
    const rollouts = await world.registry.rollouts(model);
    const chain = await world.registry.audit(model, 1, 100_000);
    for (const { rolloutId, outcome, phase } of rollouts) {
      if (outcome === null) problems.push(`rollout ${rolloutId} is left in ${phase}`);
      else if (
        !chain.some(
          ({ action, detail }) => action === `rollout.${outcome}` && (detail['rolloutId'] ?? rolloutId) === rolloutId,
        )
      ) {
        problems.push(`the end of ${rolloutId} is not in the audit`);
      }
    }
    if (firstBrokenRecord(chain) !== null) problems.push('the audit chain is broken');
    if (route.challenger !== null || route.shadow !== null) problems.push('somebody is left beside the champion');
    const serving = world.endpoint.serving(endpointName).map(({ variant, releaseId }) => ({ releaseId, variant }));
    const isRight = route.champion === null || canonicalJson(serving) === canonicalJson([route.champion]);
    if (!isRight && !world.isEdited)
      problems.push(`the endpoint runs ${canonicalJson(serving)} and the route names ${canonicalJson(route.champion)}`);
  }
  return problems;
}

/** How a run is told of, and run again. */
export function describeRun({ fault, moment, seed, ending, problems }: Simulated): string {
  return [
    `fault ${fault} ${moment}, seed ${seed}, ended ${ending}; run it again: node bench/simulate.ts --fault ${fault} --moment ${moment} --seed ${seed}`,
    ...problems,
  ].join('\n  ');
}
