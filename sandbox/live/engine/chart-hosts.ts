import type { RequestListener } from "node:http";
import type { ServedChart } from "../../run/engine";
import { type ServedCharts, serveCharts } from "../charts";

/** The chart repositories that the proxy answers for: those of the program as it is synthesized now. */
export class ChartHosts {
  private served: ServedCharts | undefined;

  /**
   * @param program folder of the synthesized program
   * @param mirror folder of real charts; without one every chart is a stand-in
   */
  constructor(
    private readonly program: string,
    private readonly mirror: string | undefined,
  ) {}

  /** Reads again what the program pins. */
  async refresh(): Promise<void> {
    this.served = await serveCharts({ program: this.program, mirror: this.mirror });
  }

  /** What answers for a host, for the proxy. */
  readonly answer = (host: string, port: number): RequestListener | undefined =>
    port === 443 ? this.served?.hosts[host] : undefined;

  /** Every chart of the program with where it comes from. */
  table(): ServedChart[] {
    const rows = this.served?.table() ?? [];
    return rows.map(({ chart, version, source }) => ({ chart, version, source }));
  }
}
