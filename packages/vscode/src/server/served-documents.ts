/** Documents the server judges: any language, since secrets hide in every kind of text. */
export const served = [{ scheme: "file" }, { scheme: "untitled" }, { scheme: "vscode-vfs" }];

export function isServed({ uri }: { readonly uri: { readonly scheme: string } }): boolean {
  return served.some(({ scheme }) => scheme === uri.scheme);
}
