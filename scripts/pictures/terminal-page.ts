/** A page that shows terminal output, with its colours, as a window of a terminal would. */
export function pageOf(title: string, output: string): string {
  return `<!doctype html><meta charset="utf-8"><style>${style}</style><main><header><i></i><i></i><i></i><span>${escaped(title)}</span></header><pre>${spans(output)}</pre></main>`;
}

const style = `
  body { margin: 0; background: #fff }
  main { display: inline-block; min-width: 1060px; padding-bottom: 14px; background: #16181d; border-radius: 10px; overflow: hidden }
  header { display: flex; gap: 7px; align-items: center; padding: 11px 14px; background: #23262e; color: #9aa2b1; font: 13px system-ui, sans-serif }
  header i { width: 11px; height: 11px; border-radius: 50%; background: #4a4f5c }
  header span { margin-left: 8px }
  pre { margin: 0; padding: 14px 18px 0; color: #d7dae0; font: 13.5px/1.45 "DejaVu Sans Mono", monospace; white-space: pre-wrap; overflow-wrap: anywhere }
  .b { font-weight: 700; color: #fff } .f { color: #8b92a1 } .u { text-decoration: underline }
  .c31 { color: #ff7b72 } .c32 { color: #7ee787 } .c33 { color: #e3b341 } .c34 { color: #79c0ff } .c35 { color: #d2a8ff } .c36 { color: #76e3ea }
`;

const classes: Readonly<Record<string, string>> = { "1": "b", "2": "f", "4": "u" };
const ends: Readonly<Record<string, readonly string[]>> = {
  "22": ["b", "f"],
  "24": ["u"],
  "39": ["c31", "c32", "c33", "c34", "c35", "c36"],
};

/** The colours and weights that the command uses; any other sequence is dropped. */
function spans(output: string): string {
  const active = new Set<string>();
  return output
    .split(/(\u001b\[[\d;]*[A-Za-z])/u)
    .map((part) => {
      const codes = /^\u001b\[(?<codes>[\d;]*)m$/u.exec(part)?.groups?.["codes"];
      if (codes === undefined)
        return part.startsWith("\u001b") ? "" : part && `<span class="${[...active].join(" ")}">${escaped(part)}</span>`;
      for (const code of codes.split(";")) {
        if (code === "" || code === "0") active.clear();
        else if (ends[code]) for (const name of ends[code]) active.delete(name);
        else active.add(classes[code] ?? `c${code}`);
      }
      return "";
    })
    .join("");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
