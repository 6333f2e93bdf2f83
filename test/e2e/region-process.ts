import { startRegion } from '../../local/region.ts';

// a region in a process of its own, for tests that kill it; says where it answers, and ends with the test
const [assemblyDir, stateDir] = process.argv.slice(2);
process.on('disconnect', () => process.exit());
const { apiUrl } = await startRegion({
  assemblyDir: assemblyDir!,
  stateDir: stateDir!,
  apiPort: 0,
  awsPort: 0,
  speed: 20,
});
process.send?.({ apiUrl });
