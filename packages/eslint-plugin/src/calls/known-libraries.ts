/** Every library the rules know, one line each. */
export { axios } from "./clients/axios.ts";
export { fetch } from "./clients/fetch.ts";
export { got } from "./clients/got.ts";
export { axiosRetry } from "./retries/axios-retry.ts";
export { pRetry } from "./retries/p-retry.ts";
export { anthropic } from "./sdks/anthropic.ts";
export { openai } from "./sdks/openai.ts";
export { stripe } from "./sdks/stripe.ts";
