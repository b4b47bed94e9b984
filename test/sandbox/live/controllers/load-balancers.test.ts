import { SERVICES } from "../../../../sandbox/live/controllers/api/core";
import { FINALIZER, loadBalancers } from "../../../../sandbox/live/controllers/load-balancers";
import { AddressBook } from "../../../../sandbox/live/controllers/load-balancers/addresses";
import { Bench, eventually, settled } from "./support/view";

describe("the address book", () => {
  test("gives a name the same address in every run", () => {
    const address = new AddressBook().take("platform/traefik/traefik");
    expect(address).toMatch(/^198\.51\.100\.\d+$/);
    expect(new AddressBook().take("platform/traefik/traefik")).toBe(address);
  });

  test("never gives an address twice, whichever clusters the names are of, and says when there is none left", () => {
    const book = new AddressBook();
    const names = Array.from({ length: 254 }, (_, index) => `cluster-${index % 3}/team/service-${index}`);
    expect(new Set(names.map((name) => book.take(name))).size).toBe(254);
    expect(book.take("one/too/many")).toBeUndefined();
    book.release("cluster-0/team/service-0");
    expect(book.take("one/too/many")).toBeDefined();
  });

  test("lets a name keep the address that it has, unless it is another's", () => {
    const book = new AddressBook();
    expect(book.take("a", "198.51.100.7")).toBe("198.51.100.7");
    expect(book.take("b", "198.51.100.7")).not.toBe("198.51.100.7");
    expect(book.take("c", "8.8.8.8")).toMatch(/^198\.51\.100\./);
  });
});

describe("Services", () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench();
    bench.start(loadBalancers(new AddressBook()));
  });
  afterEach(() => bench.stop());

  const make = (name: string, spec: object = { type: "LoadBalancer" }, finalizers: readonly string[] = []) =>
    bench.api.put(SERVICES, { metadata: { name, namespace: "team", finalizers }, spec });
  const read = (name: string) => bench.api.read(SERVICES, name, "team");
  const ingress = (name: string) => read(name)?.status?.loadBalancer?.ingress;

  test("of type LoadBalancer are held before they get an address", async () => {
    make("web", undefined, ["somebody/else"]);
    await eventually(() => expect(ingress("web")).toEqual([{ ip: expect.any(String), ipMode: "VIP" }]));
    expect(read("web")?.metadata.finalizers).toEqual(["somebody/else", FINALIZER]);
    expect(bench.api.changes).toEqual(["PATCH services team/web", "PATCH services team/web status"]);
  });

  test("of other types, or of another load balancer's class, are left alone", async () => {
    make("internal", { type: "ClusterIP" });
    make("other", { type: "LoadBalancer", loadBalancerClass: "example.com/other" });
    make("web");
    await eventually(() => expect(ingress("web")).toBeDefined());
    await settled(bench);
    expect(bench.api.changes.filter((change) => !change.includes("team/web"))).toEqual([]);
  });

  test("are let go when they are deleted, and others' finalizers stay", async () => {
    make("web");
    make("held", undefined, ["somebody/else"]);
    await eventually(() => expect([ingress("web"), ingress("held")]).not.toContain(undefined));
    bench.api.take(SERVICES, "web", "team");
    bench.api.take(SERVICES, "held", "team");
    await eventually(() => expect(read("web")).toBeUndefined());
    await eventually(() => expect(read("held")?.metadata.finalizers).toEqual(["somebody/else"]));
  });
});
