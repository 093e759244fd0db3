import axios from "axios";
import axiosRetry from "axios-retry";

import { config, pspUrl } from "./config.ts";

/** Everything this service sends to the payment provider goes through this client; the timeout covers all attempts together. */
export const psp = axios.create({
  baseURL: pspUrl,
  timeout: 300,
  headers: { Authorization: `Bearer ${config.pspApiSecret}` },
});

axiosRetry(psp, { retries: 2, retryDelay: axiosRetry.exponentialDelay });
