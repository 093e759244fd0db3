/** Light or dark as the reader's system is, with the contrast that WCAG asks for at level AA; on paper, black on white. */
export const style = `
:root { color-scheme: light dark; --text: #1c2128; --soft: #57606a; --ground: #fff; --card: #f6f8fa; --line: #d0d7de; --link: #0550ae; --error: #b3261e; --warning: #7a4b00 }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --soft: #9da7b3; --ground: #0d1117; --card: #161b22; --line: #30363d; --link: #79c0ff; --error: #ff8f87; --warning: #e3b341 } }
* { box-sizing: border-box }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 60rem; color: var(--text); background: var(--ground); font: 1rem/1.55 system-ui, sans-serif }
h1 { margin: 0; font-size: 1.75rem; line-height: 1.25 }
h2 { margin: 2.5rem 0 .75rem; padding-bottom: .3rem; border-bottom: 1px solid var(--line); font-size: 1.3rem }
h3 { margin: 1.5rem 0 0; font-size: 1rem }
p { margin: .35rem 0 }
a { color: var(--link) }
code { font: .875rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere }
.verdict { margin-top: .5rem; font-size: 1.15rem; font-weight: 600 }
.made, .rule, .nothing { color: var(--soft) }
table { width: 100%; margin-top: 1.5rem; border-collapse: collapse }
th, td { padding: .45rem .75rem; border-bottom: 1px solid var(--line); text-align: left; font-weight: 400 }
thead th { color: var(--soft); font-size: .875rem }
td, thead th + th { width: 7rem; text-align: right; font-variant-numeric: tabular-nums }
.findings { margin: .75rem 0 0; padding: 0; list-style: none }
.findings > li { margin-bottom: .75rem; padding: .75rem 1rem; background: var(--card); border: 1px solid var(--line); border-left: .3rem solid var(--mark); border-radius: .4rem; break-inside: avoid; overflow-wrap: anywhere }
.findings ul { margin: .35rem 0 0; padding: 0; list-style: none }
.remedies li::before { content: "→ " / ""; color: var(--soft) }
.error { --mark: var(--error) }
.warning { --mark: var(--warning) }
.level { color: var(--mark); font-weight: 700 }
@media print { body { max-width: none; padding: 0; font-size: .85rem } a { color: inherit; text-decoration: none } }
`;
