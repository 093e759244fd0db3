import { inspect } from "node:util";

const printed = "[secret]";

/** A value that cannot be printed by accident: every way to turn it into text gives `[secret]`. `reveal()` is the one way out, and easy to grep. */
export class Secret {
  readonly #value: string;

  private constructor(value: string) {
    this.#value = value;
  }

  static of(value: string): Secret {
    return new Secret(value);
  }

  /** The value itself. Whoever calls this hands it to a store, a child process or a file that only its user can read, and to nothing else. */
  reveal(): string {
    return this.#value;
  }

  equals(other: Secret | undefined): boolean {
    return other !== undefined && this.#value === other.#value;
  }

  toString(): string {
    return printed;
  }

  toJSON(): string {
    return printed;
  }

  [Symbol.toPrimitive](): string {
    return printed;
  }

  [inspect.custom](): string {
    return printed;
  }
}
