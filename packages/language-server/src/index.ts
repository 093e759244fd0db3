export { startServer } from "./server.ts";
export type { FolderSettings } from "./settings.ts";
