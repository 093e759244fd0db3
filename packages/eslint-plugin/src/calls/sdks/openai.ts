import type { LibraryDefinition } from "../library.ts";
import { modelClient } from "./model-client.ts";

/**
 * openai 4 to 6. Two retries of connection errors, 408, 409, 429 and 5xx, of every method (openai@6.30.1 client.js:148, measured); Retry-After is honoured.
 * 10 minutes until the headers of each attempt (client.js:574, measured). The API takes no idempotency key.
 */
export const openai: LibraryDefinition = {
  name: "openai",
  packages: ["openai"],
  types: ["OpenAI", "AzureOpenAI"],
  vendor: "OpenAI",
  ...modelClient({
    library: () => openai,
    classes: ["OpenAI", "AzureOpenAI"],
    host: "https://api.openai.com",
    timeoutSource: "openai@6.30.1 client.js:574",
    retriesSource: "openai@6.30.1 client.js:148",
  }),
};
