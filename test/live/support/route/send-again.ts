import type { Answer, Request } from "../../../../sandbox/live/traffic";

type Sender = { send(request: Request): Promise<Answer> };

/** Sends a request, and once more when the connection had just ended: whoever keeps one open has to reckon with that. */
export async function sendAgain(client: Sender, request: Request): Promise<Answer> {
  try {
    return await client.send(request);
  } catch {
    return client.send(request);
  }
}
