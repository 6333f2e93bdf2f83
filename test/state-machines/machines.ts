import { readFileSync } from 'node:fs';
import { FLOWS, type Flow } from '../../contracts/flows.ts';

export interface State {
  readonly Type: string;
  readonly Comment?: string;
  readonly Resource?: string;
  readonly Arguments?: unknown;
  readonly Next?: string;
  readonly Default?: string;
  readonly End?: boolean;
  readonly TimeoutSeconds?: number;
  readonly Choices?: readonly { readonly Next: string; readonly Condition: string }[];
  readonly Catch?: readonly { readonly ErrorEquals: readonly string[]; readonly Next: string }[];
  readonly Retry?: readonly { readonly ErrorEquals: readonly string[]; readonly MaxAttempts?: number }[];
  readonly ItemProcessor?: Machine;
}

export interface Machine {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
  readonly QueryLanguage?: string;
  /** A text is an expression. */
  readonly TimeoutSeconds?: number | string;
}

export function definitionText(flow: Flow): string {
  return readFileSync(new URL(`../../state-machines/${flow}.asl.json`, import.meta.url), 'utf8');
}

export const machines: readonly (readonly [Flow, Machine])[] = FLOWS.map(
  (flow) => [flow, JSON.parse(definitionText(flow)) as Machine] as const, // asl-validator checks the shape
);

/** The machine and those inside its maps. */
export function withInner(machine: Machine): readonly Machine[] {
  const inner = Object.values(machine.States).flatMap((state) => state.ItemProcessor ?? []);
  return [machine, ...inner.flatMap(withInner)];
}

/** Every state of every machine by `flow/State`. */
export const states: readonly (readonly [string, State])[] = machines.flatMap(([flow, machine]) =>
  withInner(machine).flatMap(({ States }) =>
    Object.entries(States).map(([name, state]) => [`${flow}/${name}`, state] as const),
  ),
);

/** Where a state may go. */
export function targetsOf(state: State): readonly string[] {
  return [
    ...(state.Next === undefined ? [] : [state.Next]),
    ...(state.Default === undefined ? [] : [state.Default]),
    ...(state.Choices ?? []).map((choice) => choice.Next),
    ...(state.Catch ?? []).map((catcher) => catcher.Next),
  ];
}
