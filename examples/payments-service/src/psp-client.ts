import axios from "axios";
import axiosRetry from "axios-retry";

import { config, pspUrl } from "./config.ts";

/** Everything this service sends to the payment provider goes through this client. */
export const psp = axios.create({
  baseURL: pspUrl,
  timeout: 30_000,
  headers: { Authorization: `Bearer ${config.pspApiSecret}` },
});

axiosRetry(psp, { retries: 5, retryDelay: axiosRetry.exponentialDelay });
