import { seededRandom, standardNormal } from '../../core/stats/seeded-random.ts';
import type { EntityAnswer } from './release-model.ts';

/** How the world is. */
export interface World {
  /** Standard deviations that load went up by and heat went down by; age and site never change. */
  readonly shift?: number;
  /** What inputs mean for failing: as ever, the opposite of it, or nothing any more. */
  readonly relation?: 'usual' | 'turned' | 'none';
  /** Load and heat are not measured. */
  readonly isBlind?: boolean;
}

const SITES = ['north', 'north', 'south', 'east'] as const;
const LOAD = { mean: 50, sd: 10 };
const HEAT = { mean: 20, sd: 5 };
const STEEPNESS = 2;

/** A reading of a machine, and what a check finds soon after. */
interface Reading {
  readonly machine: number;
  readonly load: number;
  readonly heat: number;
  readonly age: number;
  readonly site: string;
  readonly hasFailed: boolean;
}

/** One of each machine from 1 to `machines`. */
export function readingsOf(
  machines: number,
  seed: number,
  { shift = 0, relation = 'usual' }: World,
): readonly Reading[] {
  const random = seededRandom(seed);
  return Array.from({ length: machines }, (_, i) => {
    const load = LOAD.mean + LOAD.sd * (standardNormal(random) + shift);
    const heat = HEAT.mean + HEAT.sd * (standardNormal(random) - shift);
    const age = 10 * random();
    const site = SITES[Math.floor(SITES.length * random())]!;
    return { machine: i + 1, load, heat, age, site, hasFailed: random() < failureProbability(load, heat, relation) };
  });
}

/** The readings as a file that is made now. */
export function csvOf(readings: readonly Reading[], { isBlind = false }: World): string {
  const at = new Date().toISOString();
  const lines = readings.map(({ machine, load, heat, age, site }) => {
    const seen = isBlind ? ',' : `${load.toFixed(3)},${heat.toFixed(3)}`;
    return `${machine},${at},${seen},${age.toFixed(3)},${site}`;
  });
  return `${['machine_id,read_at,load,heat,age,site', ...lines].join('\n')}\n`;
}

/** What the checks found, made now, in the columns of a push. */
export function checksOf(readings: readonly Reading[]): Readonly<Record<string, readonly unknown[]>> {
  const at = new Date().toISOString();
  return {
    check_id: readings.map(({ machine }) => `${machine} at ${at}`),
    machine_id: readings.map(({ machine }) => machine),
    checked_at: readings.map(() => at),
    failed: readings.map(({ hasFailed }) => hasFailed),
  };
}

/** What becomes of machines that were asked about. */
export function truthOf(relation: World['relation'], seed: number): (answer: EntityAnswer) => boolean {
  const random = seededRandom(seed);
  return ({ features }) => {
    const [load, heat] = ['load', 'heat'].map((name) => {
      const ref = Object.keys(features).find((one) => one.endsWith(`:${name}`));
      return Number(features[ref ?? '']?.value);
    });
    return random() < failureProbability(load!, heat!, relation);
  };
}

function failureProbability(load: number, heat: number, relation: World['relation']): number {
  if (relation === 'none') return 0.5;
  const strain = (load - LOAD.mean) / LOAD.sd + (heat - HEAT.mean) / HEAT.sd;
  const usual = 1 / (1 + Math.exp(-STEEPNESS * strain));
  return relation === 'turned' ? 1 - usual : usual;
}
