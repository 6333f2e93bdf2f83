import { describe, expect, it } from 'vitest';
import { lineageOf } from '../../../core/release/lineage.ts';
import { modelCard } from '../../../core/release/model-card.ts';
import { modelCardMarkdown } from '../../../core/release/model-card-markdown.ts';
import { type ReleaseManifest, releaseIdOf } from '../../../core/release/release-manifest.ts';
import { churnRelease } from '../../handlers/shop-definitions.ts';

const base = churnRelease(1).manifest;
const judged: ReleaseManifest = {
  ...base,
  training: { ...base.training, hyperparameters: { objective: 'binary:logistic', eval_metric: 'logloss', eta: '0.1' } },
  evaluation: { metrics: { auc: 0.8 }, testRows: 10, champion: { releaseId: 'f'.repeat(64), metrics: { auc: 0.7 } } },
  verdicts: [
    {
      gate: 'metric(auc)',
      verdict: { outcome: 'pass', evidence: [{ metric: 'auc', observed: 0.8, limit: 0.7, rule: 'at-least', n: 10 }] },
    },
    {
      gate: 'skew',
      verdict: {
        outcome: 'inconclusive',
        because: 'no audit',
        evidence: [{ metric: 'skew', observed: null, limit: 0, rule: 'at-most', n: 0, needs: 'an audit' }],
      },
    },
  ],
};

describe('a model card', () => {
  it('says who the model is, what it learnt from, what it showed and what was asked of it', () => {
    expect(modelCard(judged)).toMatchObject({
      model_overview: { model_name: 'churn', model_owner: base.model.owner, problem_type: 'Binary Classification' },
      intended_uses: {
        purpose_of_model: base.model.purpose,
        risk_rating: expect.stringMatching(/^(Low|Medium|High)$/),
      },
      training_details: {
        objective_function: {
          function: { function: 'Minimize', facet: 'Loss' },
          notes: 'binary:logistic, watched by logloss',
        },
        training_job_details: { hyper_parameters: expect.arrayContaining([{ name: 'eta', value: '0.1' }]) },
      },
      evaluation_details: [
        { metric_groups: [{ metric_data: [{ name: 'auc', type: 'number', value: 0.8 }] }] },
        { evaluation_observation: `release ${'f'.repeat(64)}`, metric_groups: [{ metric_data: [{ value: 0.7 }] }] },
        {
          metric_groups: [
            { name: 'metric(auc): pass', metric_data: [{ value: 0.8, notes: 'at least 0.7, n 10' }] },
            { name: 'skew: inconclusive', metric_data: [] },
          ],
        },
      ],
      additional_information: { custom_details: { releaseId: releaseIdOf(judged) } },
    });
  });

  it('says what search the hyperparameters are of', () => {
    const search = { jobName: 'churn-search', jobs: 6, metric: 'validation:auc', value: 0.81 };
    const searched = { ...judged, training: { ...judged.training, search } };
    expect(modelCardMarkdown(searched)).toContain(
      '- the best of 6 jobs of the search churn-search: validation:auc 0.81',
    );
    const [job] = lineageOf(searched, [], () => []).release.from;
    expect(job?.says).toContain(', the best of 6 jobs of churn-search');
  });

  it('leaves out what nobody wrote down', () => {
    const card = JSON.stringify(modelCard(base));
    for (const absent of ['objective_function', 'model_creator', 'business_details', 'ethical_considerations']) {
      expect(card).not.toContain(absent);
    }
  });

  it('fits what SageMaker takes, also for many inputs and gates', () => {
    const inputs = Array.from({ length: 500 }, (_, i) => ({ ...base.inputs[0]!, feature: `feature_${i}` }));
    expect(JSON.stringify(modelCard({ ...judged, inputs })).length).toBeLessThan(100_000);
  });

  it('makes no links, pictures or HTML of what data and people say', () => {
    const metric = 'auc where people:country = ![x](https://elsewhere.example)<b>\n# All is well';
    const evidence = [{ metric, observed: 0.8, limit: 0.7, rule: 'at-least' as const, n: 10 }];
    const verdicts = [{ gate: 'slice(auc)', verdict: { outcome: 'pass' as const, evidence } }];
    const text = modelCardMarkdown({ ...judged, verdicts });
    expect(text).toContain('!\\[x\\](https://elsewhere.example)\\<b\\> # All is well 0.8');
    expect(text).not.toMatch(/^# All/m);
  });

  it('reads as Markdown', () => {
    const text = modelCardMarkdown(judged);
    expect(text).toMatch(/^# churn\n/);
    expect(text).toContain('| auc | 0.8 | 0.7 |');
    expect(text).toContain('| skew | inconclusive | skew not measured (≤ 0, n 0) |');
    expect(text).toContain(`| release | \`${releaseIdOf(judged)}\` |`);
  });
});
