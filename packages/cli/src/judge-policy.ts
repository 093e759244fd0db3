// A module of its own, so that the schema is loaded only by who judges a policy.
export { loadPolicy } from "@holdfast/policy";
