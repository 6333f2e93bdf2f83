import { describe, expect, it } from 'vitest';
import type { Model } from '../../core/definitions/model.ts';
import { actionsOf, rolePolicies } from './policies.ts';
import { plainText, resourcesOf, synthesize } from './synth.ts';
import { watchedModel } from './watched-model.ts';

const schedulesOf = (of: (model: Model) => Model) => {
  const { model } = synthesize(undefined, undefined, of);
  return { model, schedules: resourcesOf(model, 'AWS::Scheduler::Schedule').map(([, { Properties }]) => Properties) };
};

describe('the schedules of a model', () => {
  it('start scans as often as the definition says, in the name of the schedule', () => {
    const { model, schedules } = schedulesOf((one) => {
      const watched = watchedModel(one);
      const { drift } = watched.monitoring;
      return { ...watched, monitoring: { ...watched.monitoring, drift: { ...drift!, everyMs: 6 * 3_600_000 } } };
    });
    expect(schedules.map((one) => one['ScheduleExpression'])).toContain('cron(0 0/6 * * ? *)');
    const [scan] = schedules.filter((one) => plainText(one['Description']).startsWith('Looks at'));
    const { Input } = scan!['Target'] as { readonly Input: string }; // by its type
    expect(JSON.parse(Input)).toEqual({ model: 'churn_1', cause: 'schedule', actor: 'headgate:schedule' });
    expect(actionsOf(rolePolicies(model).get('Schedules') ?? [])).toEqual(['states:StartExecution']);
  });

  it('audit what it was served every hour, also when nobody watches it', () => {
    const { schedules } = schedulesOf((one) => one);
    expect(schedules.map((one) => [one['ScheduleExpression'], plainText(one['Description'])])).toEqual([
      ['rate(1 hour)', 'Audits the feature vectors that model churn_1 was served'],
    ]);
  });
});
