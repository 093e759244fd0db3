/** A piece of HTML in which everything that came from outside is escaped. */
export interface Html {
  readonly text: string;
}

/** A template for HTML: strings and numbers in it are escaped, pieces are put in as they are, `false` is nothing. */
export function html(parts: TemplateStringsArray, ...values: readonly (string | number | Html | false)[]): Html {
  const text = parts.map((part, index) => {
    const value = values[index] ?? false;
    return `${part}${value === false ? "" : typeof value === "object" ? value.text : escape(String(value))}`;
  });
  return { text: text.join("") };
}

export function joined(pieces: readonly Html[]): Html {
  return { text: pieces.map(({ text }) => text).join("") };
}

/** Text of our own that is HTML already, or stands where nothing is escaped. */
export function escaped(text: string): Html {
  return { text };
}

function escape(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;")
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/gu, "\ufffd");
}
