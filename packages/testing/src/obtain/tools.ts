import { obtainEditor } from "./editor.ts";
import { obtainGitleaks } from "./gitleaks.ts";
import { obtainMariadb } from "./mariadb.ts";
import { obtainMoto } from "./moto.ts";
import { obtainPostgres } from "./postgres.ts";
import { obtainRedis } from "./redis.ts";
import { obtainSops } from "./sops.ts";
import { obtainVault } from "./vault.ts";

/** Everything the tests run that does not come with `pnpm install`; a new one is one file and one line here. */
export const tools = {
  vault: obtainVault,
  moto: obtainMoto,
  sops: obtainSops,
  postgres: obtainPostgres,
  redis: obtainRedis,
  mariadb: obtainMariadb,
  editor: obtainEditor,
  gitleaks: obtainGitleaks,
};
