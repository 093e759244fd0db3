import { looksRandom } from "../randomness.ts";
import { fromBase64 } from "../encodings.ts";
import type { NamedFormat, SecretFormat } from "../format.ts";

/** Mail, chat, telephony and social platforms. */
export const messagingFormats: readonly SecretFormat[] = [
  {
    provider: "Slack",
    kind: "token",
    anchors: ["xoxb-", "xoxp-", "xoxa-", "xoxo-", "xoxs-", "xoxr-", "xoxc-", "xoxd-", "xoxe-", "xoxe."],
    pattern: /xox(?:[abcdeoprs]-|e\.xox[bp]-)[\w%+/.-]{20,260}={0,2}/,
    verify: looksRandom,
    env: "SLACK_TOKEN",
  },
  {
    provider: "Slack",
    kind: "app token",
    anchors: ["xapp-"],
    pattern: /xapp-\d-[A-Z0-9]{8,15}-\d{8,15}-[0-9a-f]{40,80}/,
    env: "SLACK_APP_TOKEN",
  },
  {
    provider: "Slack",
    kind: "webhook address",
    anchors: ["hooks.slack.com/"],
    pattern: /hooks\.slack\.com\/(?:services|workflows|triggers)\/(?<secret>T[0-9A-Z]{6,14}\/[0-9A-Za-z]{8,24}\/[0-9A-Za-z/]{20,60})/,
    verify: looksRandom,
    env: "SLACK_WEBHOOK_URL",
  },
  {
    provider: "Discord",
    kind: "webhook address",
    anchors: ["discord.com/api/webhooks/", "discordapp.com/api/webhooks/"],
    pattern: /discord(?:app)?\.com\/api\/webhooks\/(?<secret>\d{17,20}\/[\w-]{60,80})/,
    env: "DISCORD_WEBHOOK_URL",
  },
  {
    provider: "Microsoft Teams",
    kind: "webhook address",
    anchors: [".webhook.office.com/webhookb2/"],
    pattern: /\.webhook\.office\.com\/webhookb2\/(?<secret>[0-9a-f-]{36}@[0-9a-f-]{36}\/IncomingWebhook\/[0-9a-f]{32}\/[0-9a-f-]{36})/,
    env: "TEAMS_WEBHOOK_URL",
  },
  {
    provider: "Telegram",
    kind: "bot token",
    anchors: [":AA"],
    reach: 10,
    pattern: /\d{8,10}:AA[\w-]{33}(?![\w-])/,
    env: "TELEGRAM_BOT_TOKEN",
  },
  { provider: "SendGrid", kind: "API key", anchors: ["SG."], pattern: /SG\.[\w-]{16,32}\.[\w-]{32,64}/, env: "SENDGRID_API_KEY" },
  { provider: "Mailgun", kind: "API key", anchors: ["key-"], pattern: /key-[0-9a-f]{32}(?![0-9A-Za-z])/, env: "MAILGUN_API_KEY" },
  {
    provider: "Mailchimp",
    kind: "API key",
    anchors: ["-us"],
    reach: 32,
    pattern: /[0-9a-f]{32}-us\d{1,2}(?![0-9A-Za-z])/,
    env: "MAILCHIMP_API_KEY",
  },
  {
    provider: "Brevo",
    kind: "API key",
    anchors: ["xkeysib-", "xsmtpsib-"],
    pattern: /x(?:key|smtp)sib-[0-9a-f]{64}-[0-9A-Za-z]{16}/,
    env: "BREVO_API_KEY",
  },
  {
    provider: "Resend",
    kind: "API key",
    anchors: ["re_"],
    pattern: /re_[0-9A-Za-z]{8,10}_[0-9A-Za-z]{20,30}(?![0-9A-Za-z_])/,
    verify: looksRandom,
    env: "RESEND_API_KEY",
  },
  { provider: "MailerSend", kind: "API token", anchors: ["mlsn."], pattern: /mlsn\.[0-9a-f]{64}/, env: "MAILERSEND_API_KEY" },
  {
    provider: "OneSignal",
    kind: "API key",
    anchors: ["os_v2_app_", "os_v2_org_"],
    pattern: /os_v2_(?:app|org)_[a-z2-7]{90,110}/,
    env: "ONESIGNAL_API_KEY",
  },
  {
    provider: "Facebook",
    kind: "access token",
    anchors: ["EAA"],
    pattern: /EAA[A-Z][0-9A-Za-z]{136,300}(?![0-9A-Za-z+/=])/,
    verify: looksRandom,
    env: "FACEBOOK_ACCESS_TOKEN",
  },
  {
    provider: "Facebook",
    kind: "access token",
    anchors: ["EAA"],
    pattern: /EAA[A-Z][0-9A-Za-z]{90,300}(?![0-9A-Za-z+/=])/,
    verify: looksRandom,
    near: /facebook|graph|\bfb|meta|instagram|whatsapp|access_?token/i,
    env: "FACEBOOK_ACCESS_TOKEN",
  },
  { provider: "Pinterest", kind: "access token", anchors: ["pina_"], pattern: /pina_[\w-]{30,200}/, env: "PINTEREST_ACCESS_TOKEN" },
  { provider: "Frame.io", kind: "API token", anchors: ["fio-u-"], pattern: /fio-u-[\w=-]{64}/, env: "FRAMEIO_TOKEN" },
  { provider: "Typeform", kind: "API token", anchors: ["tfp_"], pattern: /tfp_[\w.=-]{40,60}/, env: "TYPEFORM_TOKEN" },
  { provider: "Dropbox", kind: "access token", anchors: ["sl."], pattern: /sl\.(?:u\.)?[\w=-]{130,1200}/, env: "DROPBOX_ACCESS_TOKEN" },
  {
    provider: "HubSpot",
    kind: "private app token",
    anchors: ["pat-na", "pat-eu", "pat-ap"],
    pattern: /pat-(?:na|eu|ap)\d-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/,
    env: "HUBSPOT_ACCESS_TOKEN",
  },
  {
    provider: "Salesforce",
    kind: "session id",
    anchors: ["!A"],
    reach: 15,
    pattern: /00D[0-9A-Za-z]{12}!A[\w.]{80,260}/,
    env: "SALESFORCE_ACCESS_TOKEN",
  },
];

const hex32 = /^[0-9a-f]{32}$/;

export const namedMessagingFormats: readonly NamedFormat[] = [
  { provider: "Twilio", kind: "auth token", name: /twilio\w*(?:token|secret)|^auth_?token$/, value: hex32, env: "TWILIO_AUTH_TOKEN" },
  {
    provider: "Discord",
    kind: "bot token",
    name: /token|discord/,
    value: /^[MNO][\w-]{22,27}\.[\w-]{6}\.[\w-]{27,40}$/,
    verify: (value) => /^\d{16,20}$/.test(fromBase64(value.slice(0, value.indexOf("."))) ?? ""),
    env: "DISCORD_TOKEN",
  },
  { provider: "Mailgun", kind: "API key", name: /mailgun|^mg_/, value: /^[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}$/, env: "MAILGUN_API_KEY" },
  {
    provider: "Postmark",
    kind: "server token",
    name: /postmark\w*(?:token|key)|^x_postmark_server_token$/,
    value: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
    env: "POSTMARK_SERVER_TOKEN",
  },
];
