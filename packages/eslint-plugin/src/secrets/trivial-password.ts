/** Passwords that open a fresh local database or stand in a tutorial: everybody knows them, so they are no secret. */
const trivial = new Set(
  (
    "password passwd pass pwd secret root admin administrator user username test testing tester guest demo default example sample " +
    "postgres postgresql mysql mariadb mongo mongodb redis rabbitmq rabbit sa oracle elastic minio minioadmin changeit changeme " +
    "letmein welcome qwerty foo bar baz foobar hello world abc xyz none null nil undefined true false empty string dev develop " +
    "development local localhost token key apikey mypassword mysecret my-password my-secret s3cret p4ssw0rd passw0rd p@ssw0rd p@ssword " +
    "pw pass123 x xx xxx me you dummy fake mock stub temp tmp todo tbd login credentials credential auth docker db database dbpassword dbpass app " +
    "superadmin superuser asdf asdfgh asdfasdf service required optional invalid incorrect wrong missing"
  ).split(" "),
);

export function isTrivialPassword(password: string): boolean {
  const word = password.toLowerCase();
  return trivial.has(word) || trivial.has(word.replace(/[\d!@#$_.-]{0,6}$/, "")) || /^(.)\1*$/.test(word) || /^\d{1,6}$/.test(word);
}
