import { limitsOf, trainingFacts } from './model-card.ts';
import { type ReleaseManifest, releaseIdOf } from './release-manifest.ts';

/** The same card for people. */
export function modelCardMarkdown(manifest: ReleaseManifest): string {
  const { model, artifact, training, verdicts, provenance } = manifest;
  const sections: readonly (readonly [title: string, lines: readonly string[]])[] = [
    [
      '',
      [
        plain(model.purpose),
        '',
        ...table(
          ['', ''],
          [
            ['release', `\`${releaseIdOf(manifest)}\``],
            ['owner', plain(model.owner)],
            ['risk class', model.riskClass],
            ['problem', `${model.problem}, about one ${model.entity}`],
            ['created', manifest.createdAt],
            ...(provenance === undefined
              ? []
              : [['trained by', plain(`${provenance.training.actor}: ${provenance.training.cause}`)]]),
            ['artifact', `\`${artifact.sha256}\``],
            ['container', `\`${artifact.image}\``],
          ],
        ),
      ],
    ],
    [
      'Training',
      [
        ...bullets(trainingFacts(manifest)),
        '',
        ...table(['hyperparameter', 'value'], Object.entries(training.hyperparameters)),
      ],
    ],
    ['Inputs', table(['input', 'type', 'version of its view'], inputRows(manifest))],
    ['Metrics on the sealed test rows', table(metricHeader(manifest), metricRows(manifest))],
    [
      'Gates',
      table(
        ['gate', 'verdict', 'measured'],
        verdicts.map(({ gate, verdict }) => [
          gate,
          verdict.outcome,
          verdict.evidence
            .map(
              (one) =>
                `${plain(one.metric)} ${one.observed ?? 'not measured'} (${one.rule === 'at-least' ? '≥' : '≤'} ${one.limit}, n ${one.n})`,
            )
            .join('; '),
        ]),
      ),
    ],
    ['Limits', bullets(limitsOf(manifest))],
  ];
  const text = sections.map(([title, lines]) =>
    [title === '' ? `# ${model.name}` : `## ${title}`, '', ...lines].join('\n'),
  );
  return `${text.join('\n\n')}\n`;
}

function inputRows({ inputs, featureViews }: ReleaseManifest): readonly (readonly string[])[] {
  const versions = new Map(featureViews.map(({ view, version }) => [view.name, version]));
  return inputs.map(({ view, feature, type }) => [`${view}:${feature}`, type, versions.get(view) ?? 'on demand']);
}

function metricHeader({ evaluation }: ReleaseManifest): readonly string[] {
  return evaluation.champion === null ? ['metric', 'value'] : ['metric', 'value', 'champion on the same rows'];
}

function metricRows({ evaluation: { metrics, champion } }: ReleaseManifest): readonly (readonly string[])[] {
  return Object.entries(metrics).map(([name, value]) => [
    name,
    String(value),
    ...(champion === null ? [] : [String(champion.metrics[name] ?? '')]),
  ]);
}

/** Names of slices are values of the data, and people write reasons: neither makes links, pictures, code or HTML. */
function plain(text: string): string {
  return text.replaceAll(/[\\`<>[\]]/g, '\\$&').replaceAll(/\s*\n\s*/g, ' ');
}

function bullets(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `- ${line}`);
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)];
}
