export interface CredentialName {
  /** A `password` may be memorable; the others are generated. */
  readonly kind: "password" | "secret" | "token" | "key" | "salt";
  /**
   * Whose a secret is, as far as its name says: what the program itself signs or seals with is any text that somebody made up, what a provider issues is not.
   * `unsaid` for a bare `secret`; absent where a made-up text is more likely something else.
   */
  readonly owner?: "program" | "provider" | "unsaid";
  /** The name speaks about a credential rather than holding one: `LABEL_PASSWORD`, `forgotPassword`. Only a generated value counts. */
  readonly aboutOne: boolean;
}

/** What a name says about the value it is given: `STRIPE_API_KEY`, `dbPassword`, `x-auth-token`; `undefined` for `tokenType` or `publicKey`. */
export function credentialName(name: string, additional?: RegExp): CredentialName | undefined {
  const known = additional ? undefined : cache.get(name);
  if (known !== undefined) return known ?? undefined;
  const result = judge(name, additional);
  if (!additional) {
    if (cache.size > 5_000) cache.clear();
    cache.set(name, result ?? null);
  }
  return result;
}

const cache = new Map<string, CredentialName | null>();

/** `dbPassword2` → `db`, `password`, `2`. */
export function wordsOf(name: string): string[] {
  return (name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g) ?? []).map((word) => word.toLowerCase());
}

/** Whether a name says that a provider issues the credential: `STRIPE_SECRET_KEY`. */
export function isIssuedByProvider(name: string): boolean {
  return wordsOf(name).some((word) => providers.has(word));
}

function judge(name: string, additional: RegExp | undefined): CredentialName | undefined {
  const words = wordsOf(name);
  const head = withoutQualifiers(words);
  if (head.some((word) => notCredential.has(word)) || isAnalyticsWriteKey(head)) return undefined;
  const kind = kindOf(head) ?? (additional?.test(name) ? "secret" : undefined);
  const owner = kind && ownerOf(head);
  return kind && { kind, ...(owner && { owner }), aboutOne: head.some((word) => speaking.has(word) && !signsFor(word, head)) };
}

/** `PASSWORD_RESET_SECRET` signs the tokens of a reset. */
function signsFor(word: string, words: readonly string[]): boolean {
  return words.at(-1) === "secret" && words.length > 1 && /^(?:reset|recovery|confirm|verify)$/.test(word);
}

/** Segment's write keys stand in every page that sends events: https://segment.com/docs/connections/find-writekey/ */
function isAnalyticsWriteKey(words: readonly string[]): boolean {
  return words.slice(-2).join(" ") === "write key" && words.some((word) => /^(?:segments?|analytics)$/.test(word));
}

/** Words after the noun that leave it what it is: `API_KEY_PROD`, `passwordValue`, `secret2`. */
const qualifiers = setOf(
  "value string plain plaintext raw base64 b64 hex live test prod production staging stage stg dev development sandbox local default old new current previous backup primary secondary main demo qa uat",
);

function withoutQualifiers(words: readonly string[]): readonly string[] {
  let end = words.length;
  while (end > 1 && (qualifiers.has(words[end - 1]!) || /^\d+$/.test(words[end - 1]!))) end -= 1;
  return words.slice(0, end);
}

const passwords = setOf("password passwd pwd pswd passphrase passcode psw passwort kennwort contrasena senha motdepasse");
const passOwners = setOf(
  "db user root admin smtp mail email ftp mysql pg postgres redis mongo http proxy ssh api login account my database basic",
);
/** Before `key`, what makes it one to keep. */
const keyKinds = setOf(
  "api secret secured access private auth authentication authorization sign signing signature encryption encrypt encrypted decryption crypto cipher aes " +
    "des rsa hmac jwt session master account shared server service role admin license licence webhook deploy consumer client app application " +
    "subscription root write integration rest cookie storage symmetric vault totp otp registration partner merchant gateway",
);
/** Before `key`, whose it is. */
const providers = setOf(
  "stripe adyen mollie paypal braintree square plaid razorpay paystack flutterwave gocardless checkout coinbase klarna wise shopify github gitlab bitbucket " +
    "npm pypi slack discord telegram twilio vonage sendgrid mailgun mailchimp mailjet postmark resend sparkpost messagebird aws amazon s3 gcp google azure " +
    "openai anthropic claude gemini mistral cohere huggingface replicate groq deepgram elevenlabs pinecone datadog newrelic relic sentry grafana honeycomb " +
    "dynatrace splunk pagerduty opsgenie rollbar bugsnag atlassian jira confluence linear notion figma airtable asana trello clickup todoist okta auth0 " +
    "cloudflare fastly digitalocean heroku netlify vercel supabase planetscale neon linode hetzner vultr scaleway ovh doppler algolia elastic contentful " +
    "hubspot salesforce zendesk intercom facebook twitter linkedin instagram twitch spotify dropbox box alchemy infura etherscan binance kraken kucoin " +
    "openweather owm weather mapquest newsapi pastebin shodan virustotal wandb snyk sonar circleci travis buildkite codecov netsuite docusign preshared " +
    "lastfm tumblr foursquare steam giphy tmdb imgur unsplash yelp trakt klaviyo plivo nexmo sinch mailerlite quickbooks xero",
);
/** Before `secret`, what the program does with it. */
const signing = setOf(
  "jwt session cookie token auth nextauth signing sign hmac encryption encrypt crypto cipher access refresh app application hash server login super master " +
    "passport express oauth2 base",
);
/** Before `key`, where `sessionKey` and `cookieKey` may name a place in a store. */
const sealing = setOf("secret signing encryption encrypt crypto cipher hmac aes");
/** Before `salt`, what is hashed with it for everybody: the salt of one password stands beside it. */
const salted = setOf("token api cookie session encryption crypto jwt app hashids secret");
const gluedKey = /^(?:[a-z]{2,12})?(?:api|secret|access|private|auth|encryption|signing|master)key$/;

/** Whose a secret is; of others only the shape tells. */
function ownerOf(words: readonly string[]): CredentialName["owner"] {
  const last = words.at(-1) ?? "";
  const before = words.at(-2);
  if (last === "key") return before === "or" || sealing.has(before ?? "") ? "program" : undefined;
  if (/^(?:secretkey|(?:jwt|session|cookie|token|app)secret)$/.test(last)) return "program";
  if (last !== "secret") return undefined;
  if (words.some((word) => providers.has(word) || issued.has(word))) return "provider";
  if (before === undefined) return "unsaid";
  return signing.has(before) ? "program" : undefined;
}
const issued = setOf("client consumer oauth");

function kindOf(words: readonly string[]): CredentialName["kind"] | undefined {
  const last = words.at(-1) ?? "";
  const before = words.at(-2) ?? "";
  if (passwords.has(last) || /[a-z]{2}(?:password|passwd|pwd)$/.test(last)) return "password";
  if (last === "pass" && (words.length === 1 || passOwners.has(before))) return "password";
  if (/^(?:db|user|root|admin|smtp|ftp|mysql|pg)pass$/.test(last)) return "password";
  if (last === "secret" || /^[a-z]{2,14}secret$/.test(last)) return "secret";
  if (last === "token" || /^(?:access|auth|api|bearer|refresh|bot|id|session|user|app|deploy|npm|github|gitlab|slack)token$/.test(last))
    return "token";
  if (last === "authorization" || last === "bearer" || (last === "auth" && (words.length === 1 || before === "basic"))) return "token";
  if (last === "key" && (keyKinds.has(before) || providers.has(before))) return "key";
  if (/^secret or (?:private )?key$/.test(words.slice(last === "key" && before === "private" ? -4 : -3).join(" "))) return "secret";
  if (last === "salt" && salted.has(before)) return "salt";
  if (last === "pat" && words.length > 1) return "token";
  if (gluedKey.test(last) || /^(?:secret key base|secret base)$/.test(words.slice(-3).join(" "))) return "key";
  if (last === "credential" || last === "apitoken") return "secret";
  return undefined;
}

/** Whatever else the name says, its value is meant to be seen, is no credential or is only a digest of one. */
const notCredential = setOf(
  "public publishable pub anon csrf xsrf authenticity idempotency cache hash hashed digest fingerprint checksum bcrypt encrypted sealed masked redacted " +
    "next page version continuation pagination cursor sync design cancel cancellation syntax foreign sort partition idempotent translation i18n css color",
);
/** Words that make a name speak of a credential: labels, messages, actions. */
const speaking = setOf(
  "label title text msg message messages error err errors invalid missing wrong incorrect expired forgot forgotten reset hide show toggle change update " +
    "set get create generate verify validate check use has is no not enable disable allow require required mandatory enter input placeholder hint " +
    "tooltip menu button btn icon link route path header html column field event action type confirm repeat retype lost recover recovery " +
    "policy strength your the a an please for with without or and must cannot empty too same match matching",
);

function setOf(words: string): ReadonlySet<string> {
  return new Set(words.split(" "));
}
