import { startRegion } from '../../local/region.ts';

// a region in a process of its own, for tests that kill it; prints a line once it is up
const [assemblyDir, stateDir] = process.argv.slice(2);
await startRegion({ assemblyDir: assemblyDir!, stateDir: stateDir!, apiPort: 0, awsPort: 0 });
console.log('up');
