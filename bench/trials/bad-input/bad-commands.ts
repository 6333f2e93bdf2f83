import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BadCase } from './bad-case.ts';
import { commandReply, processReply } from './command.ts';
import type { PreparedPlatform } from './prepared-platform.ts';

type Args = readonly string[] | ((platform: PreparedPlatform) => readonly string[]);

/** A command line; verbs that speak to the platform are told where it is. */
function command(why: string, args: Args, code: string, ...says: string[]): BadCase {
  return {
    door: 'command',
    why,
    attempt: (platform) => commandReply(typeof args === 'function' ? args(platform) : args),
    code,
    says,
  };
}

/** `headgate outcomes` over a file with this text. */
function outcomes(why: string, text: string, ...says: string[]): BadCase {
  return {
    door: 'command',
    why,
    async attempt({ dir, url }) {
      const file = join(dir, 'outcomes.txt');
      await writeFile(file, text);
      return commandReply(['outcomes', 'returning', file, '--url', url]);
    },
    code: 'exit 1',
    says,
  };
}

const SOME = '{"predictionId":"01890a5d-ac96-774b-bcce-b302099a8057","value":true,"occurredAt":"2026-01-01T00:00:00Z"}';

export const BAD_COMMANDS: readonly BadCase[] = [
  command('an unknown verb', ['deploy'], 'exit 2', "unknown command 'deploy'", '--help'),
  command('a verb with a slip of the pen', ['trian', 'returning'], 'exit 2', 'train'),
  command('a missing argument', ['ingest', 'orders'], 'exit 2', 'either a file or --table'),
  command('an argument too many', ['train', 'returning', 'now'], 'exit 2', 'too many arguments'),
  command('an unknown option', ['status', '--verbose'], 'exit 2', "unknown option '--verbose'"),
  command('a port that is none', ['up', '--port', '99999'], 'exit 2', '99999', '0 to 65534'),
  command('a speed below 1', ['up', '--speed', '0'], 'exit 2', '1 to 1000000'),
  command('an instant that is none', ['materialize', '--from', 'monday'], 'exit 2', 'monday', 'ISO 8601'),
  command(
    'a pair that is none',
    ({ url }) => ['predict', 'returning', '7', '--url', url],
    'exit 2',
    '"7" is not key=value',
  ),
  command(
    'a key given twice',
    ({ url }) => ['predict', 'returning', 'customer_id=1', 'customer_id=2', '--url', url],
    'exit 2',
    'customer_id is given twice',
  ),
  command(
    'a number that is text',
    ({ url }) => ['predict', 'returning', 'customer_id=abc', '--url', url],
    'exit 1',
    'a whole number',
    'given "abc"',
  ),
  command(
    'a URL that is none',
    ['status', '--url', 'my-platform'],
    'exit 1',
    '"my-platform" is not the URL',
    'http://',
  ),
  command(
    'a URL where nothing answers',
    ['status', '--url', 'http://127.0.0.1:65533'],
    'exit 1',
    'nothing answers',
    'headgate up',
  ),
  command(
    'a file that is not there',
    ({ url }) => ['ingest', 'orders', 'nowhere.csv', '--url', url],
    'exit 1',
    'nowhere.csv',
  ),
  command('a folder for a file', ({ url, dir }) => ['ingest', 'orders', dir, '--url', url], 'exit 1', 'is not a file'),
  command('an unknown model', ({ url }) => ['train', 'nobody', '--url', url], 'exit 1', '"nobody"', 'known: '),
  command('the status of an unknown model', ({ url }) => ['status', 'nobody', '--url', url], 'exit 1', 'known: '),
  command('the releases of an unknown model', ({ url }) => ['releases', 'nobody', '--url', url], 'exit 1', 'known: '),
  command(
    'a view that there is not',
    ({ url }) => ['materialize', 'sales', '--url', url],
    'exit 1',
    '"sales"',
    'known: ',
  ),
  outcomes('outcomes of nothing', ' \n', 'there are no outcomes'),
  outcomes('outcomes that are no JSON', `${SOME}\n{"predictionId":\n`, 'line 2 is not JSON'),
  outcomes(
    'an outcome without a value',
    'predictionId,value,occurredAt\nabc,,2026-01-01T00:00:00Z\n',
    'line 2',
    'value',
  ),
  outcomes('outcomes of other columns', 'id,truth\n1,true\n', 'line 2', 'predictionId,value,occurredAt'),
  {
    door: 'command',
    why: 'a second platform over the same state',
    attempt: ({ stateDir }) => processReply(['up', '--state-dir', stateDir, '--port', '0', '--no-example']),
    code: 'exit 1',
    says: ['--state-dir'],
  },
  {
    door: 'command',
    why: 'a second platform on the same port',
    attempt: ({ dir, url }) =>
      processReply(['up', '--state-dir', join(dir, 'other'), '--port', new URL(url).port, '--no-example']),
    code: 'exit 1',
    says: ['in use', '--port'],
  },
];
