import type { LibraryDefinition } from "../library.ts";
import { modelClient } from "./model-client.ts";

/**
 * The SDK of Anthropic's API. Two retries of connection errors, 408, 409, 429 and 5xx, of every method (@anthropic-ai/sdk@1.11.0 client.js:170, measured);
 * Retry-After is honoured. 10 minutes until the headers of each attempt (client.js:157, measured). The API takes no idempotency key.
 */
export const anthropic: LibraryDefinition = {
  name: "anthropic",
  packages: ["@anthropic-ai/sdk", "@anthropic-ai/bedrock-sdk", "@anthropic-ai/vertex-sdk"],
  types: ["Anthropic", "AnthropicBedrock", "AnthropicVertex"],
  vendor: "Anthropic",
  ...modelClient({
    library: () => anthropic,
    classes: ["Anthropic", "AnthropicBedrock", "AnthropicVertex"],
    host: "https://api.anthropic.com",
    timeoutSource: "@anthropic-ai/sdk@1.11.0 client.js:157",
    retriesSource: "@anthropic-ai/sdk@1.11.0 client.js:170",
  }),
};
