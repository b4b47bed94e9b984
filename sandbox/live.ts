import * as live from "./live/engine";
import { start } from "./main";

start(live);
