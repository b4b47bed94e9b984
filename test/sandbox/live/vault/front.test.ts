import { type Answer, Fronted } from "./support";

let fronted: Fronted | undefined;
afterEach(async () => {
  await fronted?.stop();
  fronted = undefined;
});

async function start(answer: Answer): Promise<Fronted> {
  fronted = await Fronted.start(answer);
  return fronted;
}

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Own:  spaced \r\n\r\nok";
const request = (line: string, body = "", headers = ""): string =>
  `${line} HTTP/1.1\r\nHost: vault\r\n${headers}${body === "" ? "" : `Content-Length: ${body.length}\r\n`}\r\n${body}`;

describe("what passes through the front", () => {
  test("is the same bytes in both directions, whatever the method, on one connection behind each", async () => {
    const { seen, connect, connections } = bind(await start(() => OK));
    const client = await connect();
    const sent = [
      request("GET /v1/sys/health"),
      request("LIST /v1/secret/metadata", "", "X-Vault-Token: t\r\n"),
      request("PATCH /v1/secret/data/a", '{"a":"/vault/audit/audit.log"}'),
      request("PUT /v1/sys/audit-hash/file", '{"input":"/vault/audit/x"}'),
    ];
    for (const text of sent) {
      client.send(text);
      expect(await client.receives(/ok$/)).toBe(OK);
    }
    expect(seen).toEqual(sent);
    expect(connections()).toBe(1);
    expect(fronted?.front.requests).toBe(4);
  });

  test("is handed on while it is still coming", async () => {
    let release = (): void => undefined;
    const { connect } = bind(
      await start(async (_, __, socket) => {
        socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n");
        await new Promise<void>((resolve) => {
          release = resolve;
        });
        return "0\r\n\r\n";
      }),
    );
    const client = await connect();
    client.send(request("GET /v1/sys/monitor"));
    expect(await client.receives(/first\r\n$/)).toContain("chunked");
    release();
    expect(await client.receives(/0\r\n\r\n$/)).toBe("0\r\n\r\n");
  });

  test("is printed nowhere", async () => {
    const printed: unknown[] = [];
    const spies = [process.stdout, process.stderr].map((stream) =>
      jest.spyOn(stream, "write").mockImplementation((text: unknown) => {
        printed.push(text);
        return true;
      }),
    );
    const { connect } = bind(await start(() => OK));
    const client = await connect();
    for (const target of ["/v1/secret/data/a", "/v1/sys/audit/file"]) {
      client.send(request(`PUT ${target}`, '{"value":"marker"}', "X-Vault-Token: marker\r\n"));
      await client.receives(/ok$/);
    }
    client.send("marker\r\n\r\n");
    await client.ends();
    for (const spy of spies) spy.mockRestore();
    expect(printed.join("")).not.toContain("marker");
  });

  test("may be larger than any buffer", async () => {
    const large = "x".repeat(8_000_000);
    const head = `HTTP/1.1 200 OK\r\nContent-Length: ${large.length}\r\n\r\n`;
    const { seen, connect } = bind(await start((_, body) => `${head}${body}`));
    const client = await connect();
    client.send(request("POST /v1/secret/data/a", large));
    let received = "";
    while (received.length < head.length + large.length) received += await client.receives(/./s);
    expect(received === `${head}${large}`).toBe(true);
    expect(seen[0]?.length).toBeGreaterThan(large.length);
  });
});

describe("the audit device", () => {
  test("is written into the sandbox's folder, and read back as it was written", async () => {
    const said = '{"file/":{"options":{"file_path":"/sandbox/audit/audit.log","mode":"0600"},"lease":0}}';
    const { seen, connect } = bind(
      await start(() => `HTTP/1.1 200 OK\r\nContent-Length: ${said.length}\r\nCache-Control: no-store\r\n\r\n${said}`),
    );
    const client = await connect();
    const body = '{"type":"file","options":{"file_path":"/vault/audit/audit.log"}}';
    client.send(request("PUT /v1/sys/audit/file", body, "X-Vault-Token: t\r\nAccept-Encoding: gzip\r\n"));
    const answer = await client.receives(/\}\}$/);
    expect(answer).toContain('"file_path":"/vault/audit/audit.log","mode":"0600"');
    expect(answer).toMatch(/Cache-Control: no-store/i);
    expect(Number(/content-length: (\d+)/.exec(answer)?.[1])).toBe(answer.split("\r\n\r\n")[1]?.length);
    expect(seen[0]).toContain('"/sandbox/audit/audit.log"');
    expect(seen[0]).toMatch(/x-vault-token: t/i);
    expect(seen[0]).not.toMatch(/gzip/);
  });

  test("may be told in chunks, and the connection stays open for more", async () => {
    const { seen, connect } = bind(
      await start(({ method }) => (method === "PUT" ? "HTTP/1.1 204 No Content\r\n\r\n" : OK)),
    );
    const client = await connect();
    client.send(
      'PUT /v1/sys/audit/file HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n7\r\n{"a":"/\r\n10\r\nvault/audit/b.c"\r\n1\r\n}\r\n0\r\n\r\n',
    );
    expect(await client.receives(/\r\n\r\n$/)).toMatch(/^HTTP\/1.1 204 /);
    expect(seen[0]).toContain('{"a":"/sandbox/audit/b.c"}');
    client.send(request("GET /v1/sys/health"));
    expect(await client.receives(/ok$/)).toBe(OK);
  });
});

describe("a test", () => {
  test("can break a connection before Vault sees the request", async () => {
    const { seen, connect, front } = bind(await start(() => OK));
    front.interfere = ({ method }) => (method === "PUT" ? { drop: "request" } : {});
    const client = await connect();
    client.send(request("PUT /v1/secret/data/a", "{}"));
    expect(await client.ends()).toBe("");
    expect(seen).toEqual([]);
  });

  test("can lose the answer to what Vault has done", async () => {
    const { seen, connect, front } = bind(await start(() => OK));
    front.interfere = ({ target }) => (target.endsWith("/a") ? { drop: "answer" } : {});
    const client = await connect();
    client.send(request("PUT /v1/secret/data/a", "{}"));
    expect(await client.ends()).toBe("");
    expect(seen).toHaveLength(1);
  });

  test("can make Vault slow", async () => {
    const { connect, front } = bind(await start(() => OK));
    front.interfere = () => ({ delayMs: 80 });
    const client = await connect();
    const started = performance.now();
    client.send(request("GET /v1/a"));
    await client.receives(/ok$/);
    expect(performance.now() - started).toBeGreaterThan(75);
  });
});

describe("a front", () => {
  test("says in Vault's own form that nobody answers", async () => {
    const { connect, endServer } = bind(await start(() => OK));
    await endServer();
    const client = await connect();
    client.send(request("GET /v1/sys/health"));
    const answer = await client.ends();
    expect(answer).toMatch(/^HTTP\/1.1 502 /);
    expect(answer).toMatch(/\{"errors":\["Vault does not answer"\]\}$/);
  });

  test("refuses what is not HTTP", async () => {
    const { connect, seen } = bind(await start(() => OK));
    const client = await connect();
    client.send("hello\r\n\r\n");
    expect(await client.ends()).toMatch(/^HTTP\/1.1 400 /);
    expect(seen).toEqual([]);
  });

  test("ends the connections that it has when it stops", async () => {
    const { connect, front } = bind(await start(() => OK));
    const client = await connect();
    client.send(request("GET /v1/a"));
    await client.receives(/ok$/);
    await front.stop();
    expect(await client.ends()).toBe("");
  });
});

/** The parts of a fronted server that a test uses. */
function bind(started: Fronted) {
  return {
    front: started.front,
    seen: started.seen,
    connect: () => started.connect(),
    connections: () => started.connections,
    endServer: () => started.endServer(),
  };
}
