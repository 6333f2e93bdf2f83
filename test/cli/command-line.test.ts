import { resolve } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { runCommand } from './run-command.ts';

afterEach(() => vi.unstubAllEnvs());

describe('a command line that is wrong ends with code 2 and says why', () => {
  it.each([
    ['an unknown verb', ['fly'], "unknown command 'fly'"],
    ['an unknown option', ['status', '--loud'], "unknown option '--loud'"],
    ['a missing argument', ['train'], "missing required argument 'model'"],
    ['a port that is none', ['up', '--port', 'high'], 'It is a whole number from 0 to 65534.'],
    ['a speed below 1', ['up', '--speed', '0'], 'It is a number from 1 to 1000000.'],
    ['a container without a command', ['up', '--container', 'mine'], 'It has the form PATTERN=COMMAND.'],
    ['a time that is none', ['materialize', '--from', 'yesterday'], 'It is an ISO 8601 day or instant'],
    ['a day that does not exist', ['train', 'm', '--as-of', '2026-13-01'], 'It is an ISO 8601 day or instant'],
    ['a format that is none', ['ingest', 'v', 'f', '--format', 'xls'], 'Allowed choices are csv, parquet, jsonl'],
    ['neither a file nor a table', ['ingest', 'v'], 'either a file or --table database.table'],
    ['a file and a table', ['ingest', 'v', 'f.csv', '--table', 'a.b'], 'either a file or --table database.table'],
    ['an instant for a file', ['ingest', 'v', 'f.csv', '--since', '2026-01-01'], '--since is of a table'],
    ['a format for a table', ['ingest', 'v', '--table', 'a.b', '--format', 'csv'], '--format is of a file'],
    ['an entity that is no pair', ['predict', 'm', 'C00042'], '"C00042" is not key=value'],
    ['a request value that is no pair', ['predict', 'm', 'a=1', '--context', '12.5'], '"12.5" is not key=value'],
    ['an entity key twice', ['predict', 'm', 'a=1', 'a=2'], 'a is given twice'],
  ])('for %s', async (_why, args, says) => {
    const ran = await runCommand(args);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain(says);
    expect(ran.stdout).toBe('');
  });
});

it('prints its version and its help with code 0', async () => {
  expect(await runCommand(['--version'])).toMatchObject({ code: 0, stdout: '1.2.3\n' });
  const help = await runCommand(['--help']);
  expect(help.code).toBe(0);
  for (const verb of [
    'up',
    'plan',
    'apply',
    'ingest',
    'materialize',
    'train',
    'status',
    'predict',
    'outcomes',
    'releases',
  ]) {
    expect(help.stdout).toContain(`  ${verb} `);
  }
});

describe('apply', () => {
  it('asks first unless told not to, and takes its definitions where up does', async () => {
    expect((await runCommand(['apply'])).applies).toEqual([{ definitionsDir: resolve('definitions'), yes: false }]);
    const { applies } = await runCommand(['apply', '--definitions', 'd', '--yes']);
    expect(applies).toEqual([{ definitionsDir: resolve('d'), yes: true }]);
  });
});

describe('up', () => {
  it('has defaults', async () => {
    const { ups, code } = await runCommand(['up']);
    expect(code).toBe(0);
    expect(ups).toEqual([
      {
        definitionsDir: resolve('definitions'),
        port: 4510,
        stateDir: resolve('.headgate'),
        speed: 1,
        fresh: false,
        example: true,
        containers: [],
      },
    ]);
  });

  it('takes what it is told', async () => {
    const { ups } = await runCommand(
      'up --definitions d --port 0 --state-dir s --speed 60 --fresh --no-example --container a=b --container c=d'.split(
        ' ',
      ),
    );
    expect(ups[0]).toEqual({
      definitionsDir: resolve('d'),
      port: 0,
      stateDir: resolve('s'),
      speed: 60,
      fresh: true,
      example: false,
      containers: ['a=b', 'c=d'],
    });
  });

  it('finds the definitions by the environment', async () => {
    vi.stubEnv('HEADGATE_DEFINITIONS', '/somewhere/else');
    expect((await runCommand(['up'])).ups[0]?.definitionsDir).toBe('/somewhere/else');
  });
});

it('says what to do when nothing answers', async () => {
  const ran = await runCommand(['status', '--url', 'http://127.0.0.1:9', '--json']);
  expect(ran.code).toBe(1);
  expect(ran.stderr).toContain('nothing answers at http://127.0.0.1:9');
  expect(ran.stderr).toContain('hint: start Headgate on this machine with "headgate up"');
  expect(ran.stderr).not.toContain('    at ');
  expect(JSON.parse(ran.stdout)).toMatchObject({ error: { name: 'CliError' } });
});

it('shows where a failure came from when asked', async () => {
  const ran = await runCommand(['status', '--url', 'ftp://example.org', '--debug']);
  expect(ran.code).toBe(1);
  expect(ran.stderr).toContain('"ftp://example.org" is not the URL of an API');
});
