import { at, list } from "../objects";
import { type Props, rendered } from "./support/rendered";

describe("the readiness Job", () => {
  const job = (props: Props = {}) => rendered(props).object("postgresql-ready", "Job");
  const container = (props: Props = {}) => at(job(props), "spec.template.spec.containers.0");

  test("logs in as the owner through the service and checks the certificate", () => {
    expect(list(container(), "env")).toEqual(
      expect.arrayContaining([
        { name: "PGHOST", value: "postgresql.data-staging.svc.cluster.local" },
        { name: "PGUSER", value: "openpanel" },
        { name: "PGSSLMODE", value: "verify-full" },
        { name: "PGPASSWORD", valueFrom: { secretKeyRef: { name: "postgresql-openpanel", key: "password" } } },
      ]),
    );
  });

  test("takes the right to connect away from PUBLIC, and leaves it to the metrics", () => {
    const script = String(at(container(), "command.2"));
    expect(script).toContain("REVOKE ALL ON DATABASE openpanel FROM PUBLIC");
    expect(script).toContain("GRANT CONNECT ON DATABASE openpanel TO cnpg_metrics_exporter");
  });

  test("never sees the key of the certificate authority", () => {
    const [volume] = list(job(), "spec.template.spec.volumes").filter((each) => each.name === "ca");
    expect(at(volume, "secret.items")).toEqual([{ key: "ca.crt", path: "ca.crt" }]);
  });

  test("runs without rights and is waited for", () => {
    expect(at(job(), "spec.template.spec.automountServiceAccountToken")).toBe(false);
    expect(at(job(), "spec.template.spec.securityContext.runAsNonRoot")).toBe(true);
    expect(at(container(), "securityContext.readOnlyRootFilesystem")).toBe(true);
    expect(rendered().release("postgresql-ready")).toMatchObject({ wait_for_jobs: true, atomic: false });
  });

  test("has another name when the cluster's spec changes, and the same when it does not", () => {
    const name = (props: Props = {}) => at(job(props), "metadata.name");
    expect(name()).toMatch(/^postgresql-openpanel-ready-[0-9a-f]{8}$/);
    expect(name()).toBe(name());
    expect(name({ instances: 3 })).not.toBe(name());
  });

  test("ends before Helm gives up, and stays", () => {
    expect(Number(at(job(), "spec.activeDeadlineSeconds"))).toBeLessThan(
      Number(rendered().release("postgresql-ready").timeout),
    );
    expect(at(job(), "spec.ttlSecondsAfterFinished")).toBeUndefined();
  });
});
