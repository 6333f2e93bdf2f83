import { corruptModel } from './model-file-error.ts';

/** An object inside a model document, read member by member; every refusal names the path. */
export class ModelNode {
  readonly path: string;
  readonly #members: Readonly<Record<string, unknown>>;

  constructor(path: string, value: unknown) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw corruptModel(path, 'is not an object');
    }
    this.path = path;
    this.#members = value as Readonly<Record<string, unknown>>; // an object, checked above
  }

  child(name: string): ModelNode {
    return new ModelNode(`${this.path}.${name}`, this.#members[name]);
  }

  children(name: string): ModelNode[] {
    return this.#list(name).map((value, i) => new ModelNode(`${this.path}.${name}[${i}]`, value));
  }

  text(name: string): string {
    const value = this.#members[name];
    if (typeof value !== 'string') throw corruptModel(`${this.path}.${name}`, 'is not text');
    return value;
  }

  /** Empty when the member is absent. */
  texts(name: string): string[] {
    if (this.#members[name] === undefined) return [];
    return this.#list(name).map((value, i) => {
      if (typeof value !== 'string') throw corruptModel(`${this.path}.${name}[${i}]`, 'is not text');
      return value;
    });
  }

  /** Members that are text; empty when the member is absent. */
  textMembers(name: string): Record<string, string> {
    const child = this.#members[name];
    if (child === undefined) return {};
    const entries = Object.entries(new ModelNode(`${this.path}.${name}`, child).#members);
    return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
  }

  /** A whole number of 0 or more that XGBoost writes as text. */
  count(name: string, absent?: number): number {
    const value = this.#members[name];
    if (value === undefined && absent !== undefined) return absent;
    const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : Number.NaN;
    if (!Number.isSafeInteger(number)) {
      throw corruptModel(`${this.path}.${name}`, `is ${JSON.stringify(value)}, not a whole number in text`);
    }
    return number;
  }

  /** Numbers; booleans count as 0 and 1, as versions before 1.6 write them. */
  numbers(name: string): number[] {
    return this.#list(name).map((value, i) => {
      const number = typeof value === 'boolean' ? Number(value) : value;
      if (typeof number !== 'number' || Number.isNaN(number)) {
        throw corruptModel(`${this.path}.${name}[${i}]`, `is ${JSON.stringify(value)}, not a number`);
      }
      return number;
    });
  }

  /** Empty when the member is absent. */
  optionalNumbers(name: string): number[] {
    return this.#members[name] === undefined ? [] : this.numbers(name);
  }

  #list(name: string): readonly unknown[] {
    const value = this.#members[name];
    if (!Array.isArray(value)) throw corruptModel(`${this.path}.${name}`, 'is not a list');
    return value;
  }
}
