// Reads JSON without losing anything: numbers stay as they are written, and fields stay in their order.

/** A value of a JSON document. */
export type Json =
  | { kind: 'null' }
  | { kind: 'flag'; value: boolean }
  /** `text` is the number as it is written. */
  | { kind: 'number'; text: string }
  | { kind: 'text'; text: string }
  | { kind: 'list'; items: Json[] }
  | { kind: 'object'; fields: [name: string, value: Json][] };

/** The value of a JSON document; throws a `SyntaxError` if it is none. */
export function parseExact(text: string): Json {
  // What `JSON.parse` rejects is not looked at.
  JSON.parse(text);
  return new Reader(text).value();
}

/** Reads a document that is known to be valid. */
class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(): Json {
    switch (this.#next()) {
      case '{':
        return { kind: 'object', fields: this.#fields() };
      case '[':
        return { kind: 'list', items: this.#items() };
      case '"':
        return { kind: 'text', text: this.#string() };
      case undefined:
      default:
        return scalar(this.#word());
    }
  }

  #fields(): [string, Json][] {
    const fields: [string, Json][] = [];
    this.#at += 1;
    while (this.#next() !== '}') {
      if (this.#next() === ',') this.#at += 1;
      this.#next();
      const name = this.#string();
      this.#next();
      this.#at += 1;
      fields.push([name, this.value()]);
    }
    this.#at += 1;
    return fields;
  }

  #items(): Json[] {
    const items: Json[] = [];
    this.#at += 1;
    while (this.#next() !== ']') {
      if (this.#next() === ',') this.#at += 1;
      else items.push(this.value());
    }
    this.#at += 1;
    return items;
  }

  #string(): string {
    const start = this.#at;
    let end = start + 1;
    for (;;) {
      end = this.#text.indexOf('"', end);
      let slashes = 0;
      while (this.#text[end - 1 - slashes] === '\\') slashes += 1;
      if (slashes % 2 === 0) break;
      end += 1;
    }
    this.#at = end + 1;
    return JSON.parse(this.#text.slice(start, this.#at)) as string;
  }

  #word(): string {
    const start = this.#at;
    while (/[\w.+-]/.test(this.#text[this.#at] ?? '')) this.#at += 1;
    return this.#text.slice(start, this.#at);
  }

  /** The next character that is no white space. */
  #next(): string | undefined {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at += 1;
    return this.#text[this.#at];
  }
}

function scalar(word: string): Json {
  if (word === 'null') return { kind: 'null' };
  if (word === 'true' || word === 'false') return { kind: 'flag', value: word === 'true' };
  return { kind: 'number', text: word };
}
