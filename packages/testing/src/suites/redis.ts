import { randomUUID } from "node:crypto";
import { createClient } from "@redis/client";
import { forSuite, sharedServer } from "./suite.ts";
import type { Shared } from "./broker.ts";

export interface SuiteRedis extends Shared<"redis"> {
  /** Start every key of this suite with it. */
  prefix: string;
  /** Sends one command as the user `default` and answers the reply. */
  command: (...words: string[]) => Promise<unknown>;
  /** Creates an ACL user who may do anything with keys that start with `prefix`, with a name no other suite uses. */
  createUser: () => Promise<{ user: string; password: string }>;
  /** Opens and closes a connection; rejects when AUTH is refused. Answers the name the connection runs as. */
  logIn: (login: { user: string; password: string }) => Promise<string>;
}

/** A real Redis for the suite: the shared server, with users and a key prefix of its own. */
export function useRedis(): SuiteRedis {
  return forSuite(async () => {
    const server = await sharedServer("redis");
    const id = randomUUID().slice(0, 8);
    const prefix = `suite-${id}:`;
    const users: string[] = [];
    const sendAs = async (login: { user: string; password: string }, words: string[]): Promise<unknown> => {
      const socket = { host: server.host, port: server.port, reconnectStrategy: false as const };
      const client = createClient({ socket, username: login.user, password: login.password });
      client.on("error", () => undefined); // The rejection below carries the same error.
      await client.connect();
      try {
        return await client.sendCommand(words);
      } finally {
        await client.close();
      }
    };
    const command: SuiteRedis["command"] = (...words) => sendAs({ user: "default", password: server.password }, words);
    return {
      value: {
        ...server,
        prefix,
        command,
        createUser: async () => {
          const login = { user: `user-${id}-${users.length}`, password: randomUUID() };
          await command("ACL", "SETUSER", login.user, "on", `>${login.password}`, `~${prefix}*`, "+@all");
          users.push(login.user);
          return login;
        },
        logIn: async (login) => String(await sendAs(login, ["ACL", "WHOAMI"])),
      },
      close: async () => {
        if (users.length > 0) await command("ACL", "DELUSER", ...users);
      },
    };
  });
}
