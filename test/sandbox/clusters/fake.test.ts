import { createPrivateKey, X509Certificate } from "node:crypto";
import { FakeClusters } from "../../../sandbox/clusters/fake";

const SPEC = { id: "some-id", label: "platform", region: "ams", version: "v1.34.1+2", digest: "ab".repeat(32) };

describe("a fake cluster", () => {
  test("has credentials that parse, and a name that nothing answers to", async () => {
    const connection = await new FakeClusters().create(SPEC);
    expect(connection.server).toBe("https://some-id.vultr-k8s.com:6443");
    expect(new X509Certificate(connection.certificateAuthority).subject).toBe("CN=kubernetes");
    const client = new X509Certificate(connection.clientCertificate);
    expect(client.checkPrivateKey(createPrivateKey(connection.clientKey))).toBe(true);
  });

  test("has the same ones in every run", async () => {
    expect(await new FakeClusters().create(SPEC)).toEqual(await new FakeClusters().create(SPEC));
  });
});
