import { afterEach } from 'vitest';
import { type RegionOptions, type RunningRegion, startRegion } from '../../local/region.ts';
import { scratchDir } from '../scratch-dir.ts';

export interface RunningRegions {
  /** Starts a region on free ports, with a state folder of its own unless one is given; it stops after the test. */
  start(options: Partial<RegionOptions> & { readonly assemblyDir: string }): Promise<RunningRegion>;
}

export function newStateDir(): string {
  return scratchDir('state');
}

/** Call once at the top of a test file. */
export function runningRegions(): RunningRegions {
  const running: RunningRegion[] = [];
  afterEach(async () => {
    for (const region of running.splice(0)) await region.stop();
  });
  return {
    start: async (options) => {
      const region = await startRegion({ apiPort: 0, awsPort: 0, stateDir: newStateDir(), ...options });
      running.push(region);
      return region;
    },
  };
}
