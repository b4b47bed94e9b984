import { createServer, type Server } from "node:net";
import { awaitPort, isFree, Ports } from "../../../../sandbox/clusters/embedded/ports";

function listen(): Promise<{ server: Server; port: number }> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve({ server, port: typeof address === "object" && address !== null ? address.port : 0 });
    });
  });
}

describe("the ports of clusters", () => {
  test("are free ones, below those that systems hand out, and never twice", async () => {
    const ports = new Ports();
    const picked = await Promise.all(Array.from({ length: 50 }, () => ports.pick()));
    expect(new Set(picked).size).toBe(50);
    for (const port of picked) {
      expect(port).toBeGreaterThanOrEqual(20_000);
      expect(port).toBeLessThan(30_000);
    }
  });

  test("are not those that a cluster has already", async () => {
    const ports = new Ports();
    const last = 24_567;
    for (let port = 20_000; port < 30_000; port++) if (port !== last) ports.keep(port);
    if (await isFree(last)) expect(await ports.pick()).toBe(last);
    ports.keep(last);
    await expect(ports.pick()).rejects.toThrow("No port from 20000 to 29999 is free.");
    ports.release(last);
  });

  test("are waited for", async () => {
    const { server, port } = await listen();
    expect(await isFree(port)).toBe(false);
    const waited = awaitPort(port, "API server of cluster platform");
    server.close();
    await waited;
  });

  test("that another program keeps are told with who needs them and what to do", async () => {
    const { server, port } = await listen();
    await expect(awaitPort(port, "API server of cluster platform", 0)).rejects.toThrow(
      `Port ${port} of 127.0.0.1 is in use by another program, and the API server of cluster platform needs it.`,
    );
    server.close();
  });
});
