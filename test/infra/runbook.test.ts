import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { RUNBOOK_ANCHORS } from '../../lib/constructs/platform-alarm.ts';
import { resourcesOf, synthesize } from './synth.ts';
import { watchedModel } from './watched-model.ts';

const { platform, model } = synthesize(undefined, undefined, watchedModel);
const alarms = [platform, model].flatMap((template) => resourcesOf(template, 'AWS::CloudWatch::Alarm'));
const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');
const headings = [...runbook.matchAll(/^## (.+)$/gm)].map(([, title]) => title!.toLowerCase().replaceAll(' ', '-'));

describe('alarms', () => {
  it.each(alarms)('%s has a name from its path, says what silence means, and tells people', (_, { Properties }) => {
    expect(Properties['AlarmName']).toMatch(/^headgate-dev-(platform|model-churn-1)\/[A-Za-z0-9_/]+$/);
    expect(Properties['AlarmDescription']).toMatch(
      /^.+\. No data is (fine|a breach): .+\. Runbook: docs\/runbook\.md#[a-z-]+$/,
    );
    expect(Properties['TreatMissingData']).toMatch(/^(notBreaching|breaching)$/);
    expect(Properties['AlarmActions']).not.toEqual([]);
  });

  it('point to headings that the runbook has, and leave no heading without an alarm', () => {
    const pointedTo = alarms.map(([, { Properties }]) => String(Properties['AlarmDescription']).split('#').at(-1));
    expect([...new Set(pointedTo)].sort()).toEqual([...headings].sort());
    expect([...RUNBOOK_ANCHORS].sort()).toEqual([...headings].sort());
  });
});
