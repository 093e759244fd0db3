export interface KmsClient {
  /**
   * One call of AWS's JSON protocol, by the operation's name in the API: `call("CreateKey", {})`. An error answer throws; the message
   * starts with AWS's error code.
   */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests read many shapes, and a wrong one fails the test
  call: (operation: string, input: object) => Promise<any>;
}

const timeoutMs = 30_000;

/** Plain HTTP to the KMS API, to arrange and check tests with. The signature is a placeholder, which only a test server accepts. */
export function kmsClient(server: { endpoint: string; region: string; credentials: { accessKeyId: string } }): KmsClient {
  const scope = `${server.credentials.accessKeyId}/20260101/${server.region}/kms/aws4_request`;
  return {
    call: async (operation, input) => {
      const response = await fetch(server.endpoint, {
        method: "POST",
        headers: {
          "Content-Type": "application/x-amz-json-1.1",
          "X-Amz-Target": `TrentService.${operation}`,
          Authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=none`,
        },
        body: JSON.stringify(input),
        signal: AbortSignal.timeout(timeoutMs),
      });
      const answer = await response.text();
      if (response.ok) return answer === "" ? undefined : JSON.parse(answer);
      const { __type: code = "unknown error", message = answer } = JSON.parse(answer) as { __type?: string; message?: string };
      throw new Error(`${code}: ${message}`);
    },
  };
}
