import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BadCase, Reply } from './bad-case.ts';
import { commandReply } from './command.ts';
import { http } from './http-reply.ts';
import type { PreparedPlatform } from './prepared-platform.ts';

const MODEL = '/v1/models/returning';
const NOBODY = '/v1/models/nobody';
const ID = 'ab'.repeat(32);

/** A verb, told where the platform is. */
function verb(
  why: string,
  args: (platform: PreparedPlatform) => readonly string[],
  code: string,
  ...says: string[]
): BadCase {
  return {
    door: 'command',
    why,
    attempt: (platform) => commandReply([...args(platform), '--url', platform.url]),
    code,
    says,
  };
}

/** `headgate predict --from` over a file with this text. */
function traffic(why: string, text: string, code: string, ...says: string[]): BadCase {
  return {
    door: 'command',
    why,
    async attempt({ dir, url }) {
      const file = join(dir, 'traffic.csv');
      await writeFile(file, text);
      return commandReply(['predict', 'returning', '--from', file, '--rps', '5', '--for', '200ms', '--url', url]);
    },
    code,
    says,
  };
}

let folders = 0;

/** `headgate audit verify` over an export of which one file was changed. */
function verified(why: string, file: string, change: (text: string) => string, ...says: string[]): BadCase {
  return {
    door: 'command',
    why,
    attempt: async (platform) => {
      const folder = await exported(platform);
      const path = join(folder, file);
      await writeFile(path, change(await readFile(path, 'utf8')));
      return verify(platform, 'returning', folder);
    },
    code: 'exit 1',
    says,
  };
}

async function exported({ dir, url }: PreparedPlatform): Promise<string> {
  const folder = join(dir, `audit-${++folders}`);
  await commandReply(['audit', 'export', 'returning', '--out', folder, '--url', url]);
  return folder;
}

function verify({ url }: PreparedPlatform, model: string, folder: string): Promise<Reply> {
  return commandReply(['audit', 'verify', model, '--file', folder, '--url', url]);
}

/** Rollouts, rollbacks, holds, approvals, releases and audit chains: over HTTP and by the command line. */
export const BAD_ROLLOUTS: readonly BadCase[] = [
  http('a rollback without a reason', `${MODEL}/rollbacks`, { body: {}, says: ['because', 'must say why'] }),
  http('a rollback with an unknown setting', `${MODEL}/rollbacks`, {
    body: { because: 'x', dryRun: true },
    says: ['unknown dryRun', 'known: to, because'],
  }),
  http('a rollback with an unknown query', `${MODEL}/rollbacks?dryRun=true`, {
    body: { because: 'x' },
    says: ['takes no query', 'given dryRun', 'leave it out'],
  }),
  http('a rollback to no release id', `${MODEL}/rollbacks`, {
    body: { because: 'x', to: 'latest' },
    says: ['given "latest"', '64'],
  }),
  http('a rollback to an unknown release', `${MODEL}/rollbacks`, {
    body: { because: 'x', to: ID },
    code: '404',
    says: ['no release named', 'list them'],
  }),
  http('a rollback to another model’s release', `${MODEL}/rollbacks`, {
    body: ({ failedReleaseId }) => ({ because: 'x', to: failedReleaseId }),
    code: '409',
    says: ['of model "demanding"', 'never promoted', 'nothing was changed'],
  }),
  http('a rollback to what answers already', `${MODEL}/rollbacks`, {
    body: ({ releaseId }) => ({ because: 'x', to: releaseId }),
    code: '409',
    says: ['is the champion already'],
  }),
  http('a rollback before any promotion', '/v1/models/demanding/rollbacks', {
    body: { because: 'x' },
    code: '409',
    says: ['no release answers yet'],
  }),
  http('a rollback of an unknown model', `${NOBODY}/rollbacks`, {
    body: { because: 'x' },
    code: '404',
    says: ['"nobody"', 'known: '],
  }),
  http('a hold that is neither', `${MODEL}/holds`, {
    body: { hold: 'yes', because: 'x' },
    says: ['given "yes"', 'true or false'],
  }),
  http('a hold without a reason', `${MODEL}/holds`, { body: { hold: true }, says: ['because', 'must say why'] }),
  http('a hold with a reason of a page', `${MODEL}/holds`, {
    body: { hold: true, because: 'x'.repeat(1_001) },
    says: ['at most 1,000 characters'],
  }),
  http('a hold with a reason that clears the screen', `${MODEL}/holds`, {
    body: { hold: true, because: '\u001b[2J' },
    says: ['control characters'],
  }),
  http('a hold of an unknown model', `${NOBODY}/holds`, {
    body: { hold: true, because: 'x' },
    code: '404',
    says: ['"nobody"', 'known: '],
  }),
  http('an approval of an unknown rollout', '/v1/rollouts/nothing/approval', {
    body: { decision: 'approve', comment: 'x', token: ID },
    code: '404',
    says: ['no rollout named "nothing"'],
  }),
  http('an approval that is neither', '/v1/rollouts/nothing/approval', {
    body: { decision: 'maybe', comment: 'x', token: ID },
    says: ['given "maybe"', '"approve", "reject"'],
  }),
  http('an approval with no token', '/v1/rollouts/nothing/approval', {
    body: { decision: 'approve', comment: 'x', token: '7' },
    says: ['token', 'given "7"', '/v1/rollouts/{id}'],
  }),
  http('a forced rollout without a reason', `${MODEL}/rollouts`, {
    body: ({ releaseId }) => ({ releaseId, force: true }),
    says: ['because', 'why the candidate is tried again'],
  }),
  http('rollouts on a page of no size', `${MODEL}/rollouts?limit=0`, { says: ['limit', 'at least 1'] }),
  http('rollouts from a cursor of no page', `${MODEL}/rollouts?cursor=..%2F`, {
    says: ['cursor "../"', 'begin without one'],
  }),
  http('a difference from no release id', ({ releaseId }) => `/v1/releases/zz/diff/${releaseId}`, {
    says: ['"zz" is no release id', 'first 4'],
  }),
  http('the card of an unknown release', '/v1/releases/00000000/card', {
    code: '404',
    says: ['no release named', 'list them'],
  }),
  http('the lineage of a path', '/v1/releases/..%2F..%2Fmodel/lineage', { says: ['is no release id'] }),
  http('checkpoints of an unknown model', `${NOBODY}/audit-checkpoints`, {
    code: '404',
    says: ['"nobody"', 'known: '],
  }),
  http('a card in an unknown form', ({ releaseId }) => `/v1/releases/${releaseId}/card?format=pdf`, {
    says: ['takes no query', 'format'],
  }),
  http('an audit from before its beginning', '/v1/audit?model=returning&from=0', { says: ['from', 'at least 1'] }),

  verb('a word on a rollout without a comment', () => ['approve', 'returning'], 'exit 2', '--comment'),
  verb('a word that nobody asked for', () => ['approve', 'returning', '--comment', 'x'], 'exit 1', 'asks nobody'),
  verb('a hold without a word why', () => ['hold', 'returning'], 'exit 2', 'needs a reason', '--because'),
  verb('going back without a word why', () => ['rollback', 'returning'], 'exit 2', '--because'),
  verb(
    'going back to an empty name',
    () => ['rollback', 'returning', '--because', 'x', '--to', ''],
    'exit 2',
    'no name',
    'headgate releases',
  ),
  verb('a rollout of nothing', () => ['rollout'], 'exit 2', 'a model and a release, or --id'),
  verb('a rollout with an empty id', () => ['rollout', '--id', ''], 'exit 2', '--id is empty', 'headgate rollouts'),
  verb('a rollout that there is not', () => ['rollout', '--id', 'nothing'], 'exit 1', 'no rollout named "nothing"'),
  verb(
    'force without a word why',
    ({ releaseId }) => ['rollout', 'returning', releaseId, '--force'],
    'exit 2',
    '--because',
  ),
  verb(
    'a difference from one release',
    ({ releaseId }) => ['releases', 'diff', releaseId],
    'exit 2',
    "argument 'after'",
  ),
  verb('an export to nowhere', () => ['audit', 'export', 'returning'], 'exit 2', '--out'),
  verb(
    'an export over a file',
    ({ ordersCsv }) => ['audit', 'export', 'returning', '--out', ordersCsv],
    'exit 1',
    'is no folder',
    '--out',
  ),
  verb(
    'an export over other files',
    ({ dir }) => ['audit', 'export', 'returning', '--out', dir],
    'exit 1',
    'is not empty',
    'new folder',
  ),
  verb(
    'a verification of no export',
    ({ dir }) => ['audit', 'verify', 'returning', '--file', dir],
    'exit 1',
    'records.jsonl cannot be read',
    'audit export',
  ),
  {
    door: 'command',
    why: 'a verification of another model’s export',
    attempt: async (platform) => verify(platform, 'demanding', await exported(platform)),
    code: 'exit 1',
    says: ['is of model "returning", not of "demanding"'],
  },
  verified(
    'a record that was edited',
    'records.jsonl',
    (text) => text.replace('"actor":"', '"actor":"x'),
    'record 1 was edited',
  ),
  verified(
    'a record that was taken out',
    'records.jsonl',
    (text) => text.replace(/\n.*\n/, '\n'),
    'record 2 is missing',
  ),
  verified(
    'an export cut short',
    'records.jsonl',
    (text) => text.slice(0, 100),
    'line 1 is no JSON',
    'not written whole',
  ),
  verified('signatures that are no list', 'checkpoints.json', () => '{}', 'checkpoints.json does not have the form'),
  verified(
    'a signature by nobody',
    'checkpoints.json',
    (text) => text.replace(/"signature": "[^"]*"/, '"signature": "zz"'),
    'is not signed',
  ),
  traffic('traffic without a join key', 'customer\n1\n', 'exit 2', 'lacks the column customer_id', 'it has customer'),
  traffic('traffic of nobody', 'customer_id\n', 'exit 2', 'has no rows'),
  traffic('traffic of ragged rows', 'customer_id,x\n1\n', 'exit 1', 'cannot be read', 'line 2'),
  traffic('traffic of an open quote', 'customer_id\n"1\n', 'exit 1', 'cannot be read', 'Quote'),
  traffic('traffic with a column twice', 'customer_id,customer_id\n1,2\n', 'exit 2', '"customer_id" twice'),
  traffic('traffic of text for numbers', 'customer_id\nabc\n', 'exit 1', 'a whole number', 'given "abc"'),
  verb(
    'traffic at no rate',
    ({ ordersCsv }) => ['predict', 'returning', '--from', ordersCsv, '--rps', '0'],
    'exit 2',
    "'0' is invalid",
    'above 0',
  ),
  {
    door: 'command',
    why: 'traffic recorded where no file can be',
    async attempt({ dir, url }) {
      const file = join(dir, 'recorded.csv');
      await writeFile(file, 'customer_id\n1\n');
      await mkdir(join(dir, 'record'), { recursive: true });
      const args = ['--from', file, '--rps', '5', '--for', '200ms', '--record', join(dir, 'record')];
      return commandReply(['predict', 'returning', ...args, '--url', url]);
    },
    code: 'exit 1',
    says: ['cannot be written', 'name a file'],
    changes: { predictions: 1 },
  },
];
