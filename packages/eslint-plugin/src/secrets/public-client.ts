/**
 * Settings that only the configuration of a client in the browser has: Firebase's, whose API key names the project
 * (https://firebase.google.com/docs/projects/api-keys), and Algolia DocSearch's, whose key can only search. Both are published with every page.
 */
const settings = [
  "authDomain",
  "messagingSenderId",
  "firebaseapp.com",
  "mobilesdk_app_id",
  "current_key",
  "storageBucket",
  "measurementId",
  "indexName",
];

export function isPublicClient(names: readonly string[]): boolean {
  return names.some((name) => settings.includes(name));
}

export const publicClientSetting = new RegExp(settings.map((name) => name.replace(".", "\\.")).join("|"));
