import { describe, expect, it } from "vitest";
import { placeInSource } from "../src/index.ts";

/** The place is marked by `|`, which is not part of the text. */
function place(marked: string, path = "a.tsx") {
  return placeInSource({ path, text: marked.replace("|", "") }, marked.indexOf("|"));
}

describe("the place of a comment", () => {
  it.each([
    ["before a statement", "const a = 1;\n|call();", "code"],
    ["before an element that is an expression", "const a = (\n  |<b>x</b>\n);", "code"],
    ["before a child element", "const a = (\n <b>\n  |<c/>\n </b>);", "jsx-text"],
    ["before an expression container", "const a = <b>\n |{call()}\n</b>;", "jsx-text"],
    ["in a fragment", "const a = <>\n |text\n</>;", "jsx-text"],
    ["before an attribute", "const a = <b\n |onClick={call}\n/>;", "code"],
    ["inside an attribute's function", "const a = <b onClick={() => {\n |call();\n}}/>;", "code"],
    ["in the text of a template", "const a = `x\n|y`;", "template-text"],
    ["in an expression of a template", "const a = `x ${\n|y}`;", "code"],
    ["in a file that does not parse", "const = \n|", "code"],
  ])("%s", (_name, marked, expected) => {
    expect(place(marked)).toBe(expected);
  });
});
