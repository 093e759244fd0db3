#!/usr/bin/env node
import * as module from "node:module";

// Node 22.8 and newer keep the compiled code, which makes the next start faster; older ones go without.
module.enableCompileCache?.();
await import("../dist/main.js");
