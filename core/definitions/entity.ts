/** The thing features describe, and the columns that name one of them. */
export interface Entity {
  readonly kind: 'entity';
  readonly name: string;
  /** One or more, in the order that spells the key. */
  readonly joinKeys: readonly JoinKey[];
  readonly description: string;
  readonly owner: string;
}

export interface JoinKey {
  readonly name: string;
  readonly type: 'string' | 'int64';
}
