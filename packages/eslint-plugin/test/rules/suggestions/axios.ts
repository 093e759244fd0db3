import type { SuggestionCase } from "./case.ts";

export const cases: readonly SuggestionCase[] = [
  {
    name: "axios.post",
    from: ["require-timeout", "require-idempotency-key"],
    code: `import axios from "axios";\nexport const pay = (order: object) => axios.post("https://api.psp.example/v1/payments", order);`,
  },
  {
    name: "an instance",
    from: ["require-timeout", "require-idempotency-key"],
    code: `import axios from "axios";\nconst psp = axios.create();\nexport const pay = (order: object) => psp.post("https://api.psp.example/v1/payments", order);`,
  },
  {
    name: "axios with one argument",
    from: ["require-timeout", "require-idempotency-key"],
    code: `import axios from "axios";\nexport const pay = (data: object) => axios({ url: "https://api.psp.example/v1/payments", method: "POST", data });`,
  },
  {
    name: "axios-retry",
    from: ["max-retries", "no-unsafe-retry"],
    code: `import axios from "axios";
import axiosRetry from "axios-retry";
const psp = axios.create({ baseURL: "https://api.psp.example", timeout: 100 });
axiosRetry(psp);
export const pay = (order: object) => psp.post("/v1/payments", order);`,
  },
];
