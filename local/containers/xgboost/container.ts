/**
 * Stand-in for the SageMaker XGBoost image, as a process: `node container.ts train` or `node container.ts serve`.
 * It obeys the container contract below `SAGEMAKER_BASE_DIR` (`/opt/ml` when unset).
 */

import { containerPaths } from './container-paths.ts';
import { loadBoosters } from './load-boosters.ts';
import { makeModelServer } from './serve.ts';
import { train } from './train.ts';

const paths = containerPaths(process.env['SAGEMAKER_BASE_DIR'] ?? '/opt/ml');
const command = process.argv[2];

// whoever started us is gone, even if it was killed: nothing may be left behind
process.on('disconnect', () => process.exit(0));

if (command === 'train') {
  // SIGTERM keeps its default: a handler would wait for the round under way, and files appear whole or not at all
  process.exitCode = await train(paths, (line) => console.log(line));
  if (process.connected) process.disconnect();
} else if (command === 'serve') {
  serve();
} else {
  console.error(`unknown command ${JSON.stringify(command ?? '')}; known: train, serve`);
  process.exitCode = 2;
}

function serve(): void {
  const boosters = loadBoosters(paths.model, process.env['SAGEMAKER_INFERENCE_ENSEMBLE'] !== 'false');
  const server = makeModelServer({
    boosters,
    defaultAccept: process.env['SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT'] ?? 'text/csv',
    isBatch: process.env['SAGEMAKER_BATCH'] === 'true',
  });
  const port = Number(process.env['SAGEMAKER_BIND_TO_PORT'] ?? 8080);
  server.listen(port, '127.0.0.1', () => {
    const address = server.address();
    console.log(`serving ${boosters.length} model(s) on port ${typeof address === 'object' ? address?.port : port}`);
  });
  process.on('SIGTERM', () => {
    server.close(() => process.exit(0)); // answers what is under way, then goes
    server.closeIdleConnections();
  });
}
