/** Packages that talk to one upstream each, and what the upstream is called in holdfast.yaml. */
export const knownSdks: readonly { readonly upstream: string; readonly matches: RegExp; readonly pattern: string }[] = [
  sdk("stripe", "stripe"),
  sdk("aws", "@aws-sdk/*"),
  sdk("google-cloud", "@google-cloud/*"),
  sdk("google", "googleapis"),
  sdk("azure", "@azure/*"),
  sdk("firebase", "firebase-admin"),
  sdk("twilio", "twilio"),
  sdk("sendgrid", "@sendgrid/*"),
  sdk("mailgun", "mailgun.js"),
  sdk("postmark", "postmark"),
  sdk("resend", "resend"),
  sdk("slack", "@slack/*"),
  sdk("github", "@octokit/*"),
  sdk("github", "octokit"),
  sdk("openai", "openai"),
  sdk("anthropic", "@anthropic-ai/sdk"),
  sdk("adyen", "@adyen/api-library"),
  sdk("mollie", "@mollie/api-client"),
  sdk("paypal", "@paypal/*"),
  sdk("braintree", "braintree"),
  sdk("square", "square"),
  sdk("plaid", "plaid"),
  sdk("razorpay", "razorpay"),
  sdk("shopify", "@shopify/*"),
  sdk("algolia", "algoliasearch"),
  sdk("contentful", "contentful"),
  sdk("hubspot", "@hubspot/api-client"),
  sdk("intercom", "intercom-client"),
  sdk("auth0", "auth0"),
  sdk("okta", "@okta/*"),
];

function sdk(upstream: string, pattern: string) {
  const matches = pattern.endsWith("/*")
    ? new RegExp(`^${pattern.slice(0, -1)}`, "u")
    : new RegExp(`^${pattern.replaceAll(".", String.raw`\.`)}$`, "u");
  return { upstream, pattern, matches };
}
