import { start } from "./main";

start();
