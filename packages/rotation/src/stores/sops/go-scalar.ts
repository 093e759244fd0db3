import type { Plain } from "./value.ts";

/**
 * What a plain (unquoted) YAML scalar means to sops, which reads YAML with go.yaml.in/yaml/v3. It matters for values that a rule leaves in clear:
 * the MAC covers what was read, not what was written. Source: that module's resolve.go.
 */
export function resolveYamlScalar(source: string): Plain {
  if (/^(?:|~|null|Null|NULL)$/u.test(source)) return { type: "null", text: "" };
  if (/^(?:true|True|TRUE)$/u.test(source)) return { type: "bool", text: "True" };
  if (/^(?:false|False|FALSE)$/u.test(source)) return { type: "bool", text: "False" };
  return timestamp(source) ?? integer(source.replaceAll("_", "")) ?? float(source.replaceAll("_", "")) ?? { type: "str", text: source };
}

/** A JSON scalar outside quotes; every number of a JSON file is a float to sops. */
export function resolveJsonScalar(source: string): Plain {
  if (source === "null") return { type: "null", text: "" };
  if (source === "true") return { type: "bool", text: "True" };
  if (source === "false") return { type: "bool", text: "False" };
  return { type: "float", text: floatText(Number(source)) };
}

/** The shortest decimal without an exponent that reads back as the same number: `strconv.FormatFloat(n, 'f', -1, 64)`. */
export function floatText(number: number): string {
  if (Number.isNaN(number)) return "NaN";
  if (!Number.isFinite(number)) return number > 0 ? "+Inf" : "-Inf";
  if (Object.is(number, -0)) return "-0";
  const {
    sign = "",
    whole = "",
    fraction = "",
    exponent,
  } = /^(?<sign>-?)(?<whole>\d+)(?:\.(?<fraction>\d+))?(?:e(?<exponent>[+-]\d+))?$/u.exec(String(number))?.groups ?? {};
  if (exponent === undefined) return String(number);
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  return `${sign}${digits.padEnd(point, "0")}`;
}

function integer(text: string): Plain | undefined {
  const { sign, digits } = /^(?<sign>[-+]?)(?<digits>0b[01]+|0o[0-7]+|0x[0-9a-fA-F]+|0[0-7]*|[1-9]\d*)$/u.exec(text)?.groups ?? {};
  if (digits === undefined) return undefined;
  const value = BigInt(/^0[0-7]+$/u.test(digits) ? `0o${digits.slice(1)}` : digits);
  return { type: "int", text: String(sign === "-" ? -value : value) };
}

function float(text: string): Plain | undefined {
  if (/^\.(?:nan|NaN|NAN)$/u.test(text)) return { type: "float", text: "NaN" };
  const infinite = /^(?<sign>[-+]?)\.(?:inf|Inf|INF)$/u.exec(text)?.groups;
  if (infinite) return { type: "float", text: infinite["sign"] === "-" ? "-Inf" : "+Inf" };
  if (!/^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/u.test(text)) return undefined;
  return { type: "float", text: floatText(Number(text)) };
}

const timestampForms =
  /^(?<year>\d{4})-(?<month>\d\d?)-(?<day>\d\d?)(?:(?<separator>[Tt ])(?<hour>\d\d?):(?<minute>\d\d?):(?<second>\d\d?)(?:\.(?<fraction>\d+))?(?<zone>Z|[+-]\d\d:\d\d)?)?$/u;

/** As RFC 3339 with only the digits of a second that are needed, which is how sops itself writes a time. */
function timestamp(text: string): Plain | undefined {
  const parts = timestampForms.exec(text)?.groups;
  // With a space there is no time zone, with a T there must be one.
  if (!parts || (parts["separator"] !== undefined && (parts["separator"] === " ") !== (parts["zone"] === undefined))) return undefined;
  const two = (name: string): string => (parts[name] ?? "0").padStart(2, "0");
  const fraction = (parts["fraction"] ?? "").slice(0, 9).replace(/0+$/u, "");
  const day = `${parts["year"]}-${two("month")}-${two("day")}`;
  if (Number.isNaN(Date.parse(`${day}T00:00:00Z`))) return undefined;
  const time = `${two("hour")}:${two("minute")}:${two("second")}${fraction && `.${fraction}`}`;
  const zone = (parts["zone"] ?? "Z").replace(/^[+-]00:00$/u, "Z");
  return { type: "time", text: `${day}T${time}${zone}` };
}
