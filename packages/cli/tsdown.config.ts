import { library } from "../../tsdown.shared.ts";

export default library({ entry: ["src/main.ts"], dts: false });
