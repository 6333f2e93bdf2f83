/**
 * The stand-in for the XGBoost image, misbehaving by the number of trees of the model that it serves: `node
 * container.ts train` or `serve`, as the one it stands for.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { containerPaths } from '../../../local/containers/xgboost/container-paths.ts';
import { loadBoosters } from '../../../local/containers/xgboost/load-boosters.ts';
import { makeModelServer } from '../../../local/containers/xgboost/serve.ts';
import { train } from '../../../local/containers/xgboost/train.ts';
import { ROUNDS } from './rounds.ts';

const SLOW_MS = 80;
const FAILS_EVERY = 10;
const FAILED_OF_TEN = 3;
const BOMB_AFTER = 1_500;

const paths = containerPaths(process.env['SAGEMAKER_BASE_DIR'] ?? '/opt/ml');
process.on('disconnect', () => process.exit(0));

if (process.argv[2] === 'train') {
  process.exitCode = await train(paths, (line) => console.log(line));
  if (process.connected) process.disconnect();
} else {
  serve();
}

function serve(): void {
  const boosters = loadBoosters(paths.model, true);
  const rounds = boosters[0]?.roots.length ?? 0;
  const isBatch = process.env['SAGEMAKER_BATCH'] === 'true';
  const model = makeModelServer({ boosters, defaultAccept: 'text/csv', isBatch });
  let invocations = 0;
  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    if (request.url === '/invocations' && !isBatch) {
      invocations++;
      if (rounds === ROUNDS.slow) await sleep(SLOW_MS);
      const fails =
        (rounds === ROUNDS.erroring && invocations % FAILS_EVERY < FAILED_OF_TEN) ||
        (rounds === ROUNDS.bomb && invocations > BOMB_AFTER);
      if (fails) {
        request.resume();
        response.writeHead(500, { 'content-type': 'text/plain' });
        response.end('out of order');
        return;
      }
    }
    model.emit('request', request, response);
  });
  server.keepAliveTimeout = 120_000;
  server.listen(Number(process.env['SAGEMAKER_BIND_TO_PORT'] ?? 8080), '127.0.0.1');
  process.on('SIGTERM', () => {
    server.close(() => process.exit(0));
    server.closeIdleConnections();
  });
}
