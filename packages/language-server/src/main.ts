import { createConnection, ProposedFeatures } from "vscode-languageserver/node";
import { startServer } from "./server.ts";

// Standard output carries the protocol: nothing else may be written to it.
console.log = console.info = console.debug = console.error;
startServer(createConnection(ProposedFeatures.all, process.stdin, process.stdout));
