import type { NamedFormat, SecretFormat } from "../format.ts";
import { aiFormats, monitoringFormats, namedMonitoringFormats } from "./ai-and-monitoring.ts";
import { cloudFormats, namedCloudFormats } from "./cloud.ts";
import { connectionFormats } from "./connections.ts";
import { developerFormats, namedDeveloperFormats } from "./developer.ts";
import { keyFormats } from "./keys.ts";
import { messagingFormats, namedMessagingFormats } from "./messaging.ts";
import { namedPaymentFormats, paymentFormats } from "./payments.ts";

/** In order of precedence: of two formats that fit the same place, the first names it. */
export const formats: readonly SecretFormat[] = [
  ...paymentFormats,
  ...cloudFormats,
  ...developerFormats,
  ...messagingFormats,
  ...aiFormats,
  ...monitoringFormats,
  ...keyFormats,
  ...connectionFormats,
];

export const namedFormats: readonly NamedFormat[] = [
  ...namedPaymentFormats,
  ...namedCloudFormats,
  ...namedDeveloperFormats,
  ...namedMessagingFormats,
  ...namedMonitoringFormats,
];
